package io.streamhouse.storage.s3;

import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * Turns what S3, its relatives and the SDK report into what the ports promise; the only place that does. Codes are those
 * of the S3 API reference ("Error responses"), MinIO and Ceph. Where it is open whether a request was carried out, the
 * kind is {@code UNAVAILABLE}.
 */
final class S3Failures {
  private static final Set<String> FULL_CODES = Set.of(
      "QuotaExceeded",
      "InsufficientStorage",
      "InsufficientCapacity",
      "XMinioStorageFull",
      "XMinioAdminBucketQuotaExceeded");

  /** Client errors by their number that another attempt can heal. */
  private static final Set<String> RETRIABLE_CODES = Set.of(
      "ConditionalRequestConflict",
      "OperationAborted",
      "RequestTimeout",
      "IncompleteBody",
      "BadDigest",
      "XAmzContentChecksumMismatch",
      "SlowDown",
      "Throttling",
      "ThrottlingException",
      "RequestLimitExceeded",
      "TooManyRequests");

  private static final Set<String> DENIED_CODES =
      Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId");

  private final String bucket;
  private final String prefix;

  S3Failures(String bucket, String prefix) {
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /**
   * Translates a failure.
   *
   * @param operation what was to be done, for the message
   * @param key without the prefix
   */
  StorageException translate(String operation, String key, Throwable failure) {
    String where = operation + " s3://" + bucket + "/" + prefix + key + ": ";
    StorageException own = find(StorageException.class, failure);
    if (own != null) {
      return new StorageException(own.kind(), where + own.getMessage(), failure);
    }
    SdkServiceException answer = find(SdkServiceException.class, failure);
    if (answer != null) {
      return answered(where, answer);
    }
    SdkException inSdk = find(SdkException.class, failure);
    return inSdk != null
        ? new StorageException(Kind.UNAVAILABLE, where + inSdk.getMessage(), failure)
        : new StorageException(Kind.REJECTED, where + failure, failure);
  }

  private StorageException answered(String where, SdkServiceException failure) {
    String code = code(failure);
    if (code.equals("NoSuchBucket")) {
      return new StorageException(
          Kind.REJECTED,
          where + "there is no bucket " + bucket
              + ". Create it, or set the option bucket to one that exists.",
          failure);
    }
    String said =
        "HTTP %d %s %s".formatted(failure.statusCode(), code, said(failure)).strip();
    return new StorageException(kindOf(failure.statusCode(), code), where + said, failure);
  }

  private static Kind kindOf(int status, String code) {
    if (status == 507 || FULL_CODES.contains(code)) {
      return Kind.FULL;
    }
    if (RETRIABLE_CODES.contains(code)) {
      return Kind.UNAVAILABLE;
    }
    if (DENIED_CODES.contains(code)) {
      return Kind.ACCESS_DENIED;
    }
    return switch (status) {
      case 401, 403 -> Kind.ACCESS_DENIED;
      case 404 -> Kind.NOT_FOUND;
      case 408, 429 -> Kind.UNAVAILABLE;
      case 412 -> Kind.ALREADY_EXISTS;
      case 416 -> Kind.TRUNCATED;
      // Not implemented: such a server lacks what we need, If-None-Match for one.
      case 501 -> Kind.REJECTED;
      default -> status >= 500 ? Kind.UNAVAILABLE : Kind.REJECTED;
    };
  }

  private static String code(SdkServiceException failure) {
    AwsErrorDetails details = details(failure);
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static String said(SdkServiceException failure) {
    AwsErrorDetails details = details(failure);
    String text = details == null || details.errorMessage() == null ? "" : details.errorMessage();
    String id = failure.requestId() == null ? "" : " (request " + failure.requestId() + ")";
    return text + id;
  }

  private static @Nullable AwsErrorDetails details(SdkServiceException failure) {
    return failure instanceof AwsServiceException aws ? aws.awsErrorDetails() : null;
  }

  private static <T extends Throwable> @Nullable T find(Class<T> type, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
