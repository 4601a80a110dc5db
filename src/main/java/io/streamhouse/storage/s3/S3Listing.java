package io.streamhouse.storage.s3;

import io.streamhouse.storage.ObjectLister.Listed;
import io.streamhouse.storage.ObjectLister.Page;
import io.streamhouse.storage.StorageException;
import io.streamhouse.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A page of a listing, put together from as many answers as the server needs. Answers are checked, since who walks a
 * listing to find what may be deleted relies on it: keys must have the prefix and ascend (directory buckets of AWS do not
 * sort), and an answer that says it is incomplete must say how to go on.
 */
final class S3Listing {
  /** Far more answers than any server needs for a page; ends a listing that never gets on. */
  private static final int ANSWERS_MAX = 1000;

  private final String bucket;
  private final String storePrefix;
  private final String prefix;
  private final String startAfter;
  private final int limit;
  private final List<Listed> found = new ArrayList<>();
  private @Nullable String continuationToken;
  private boolean truncated;
  private int answers;

  S3Listing(String bucket, String storePrefix, String prefix, String startAfter, int limit) {
    this.bucket = bucket;
    this.storePrefix = storePrefix;
    this.prefix = prefix;
    this.startAfter = startAfter;
    this.limit = limit;
  }

  String prefix() {
    return prefix;
  }

  ListObjectsV2Request request() {
    return ListObjectsV2Request.builder()
        .bucket(bucket)
        .prefix(storePrefix + prefix)
        .startAfter(startAfter.isEmpty() ? null : storePrefix + startAfter)
        .continuationToken(continuationToken)
        .maxKeys(limit - found.size())
        .build();
  }

  /** Takes an answer in; returns what is wrong with it, or null. */
  @Nullable
  StorageException add(ListObjectsV2Response answer) {
    String last = found.isEmpty()
        ? storePrefix + startAfter
        : storePrefix + found.get(found.size() - 1).key();
    for (S3Object object : answer.contents()) {
      String key = object.key();
      if (!key.startsWith(storePrefix + prefix)) {
        return unusable("it holds " + key + ", which has another prefix");
      }
      if (key.compareTo(last) <= 0 && !(found.isEmpty() && startAfter.isEmpty())) {
        return unusable("keys do not ascend: " + key + " comes behind " + last);
      }
      found.add(new Listed(
          key.substring(storePrefix.length()),
          object.size(),
          object.lastModified().toEpochMilli()));
      last = key;
    }
    answers++;
    truncated = Boolean.TRUE.equals(answer.isTruncated());
    continuationToken = answer.nextContinuationToken();
    boolean canGoOn = continuationToken != null && !continuationToken.isEmpty();
    if (truncated && !canGoOn) {
      return unusable("it is incomplete, without a token to go on");
    }
    boolean endless = answers == ANSWERS_MAX && !isComplete();
    return endless ? unusable("a page is still incomplete after " + answers + " answers") : null;
  }

  private static StorageException unusable(String reason) {
    return new StorageException(
        Kind.REJECTED, "the server's listing cannot be used: " + reason, null);
  }

  boolean isComplete() {
    return !truncated || found.size() >= limit;
  }

  Page page() {
    return new Page(List.copyOf(found), truncated);
  }
}
