package io.streamhouse.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

class WarmUpTest {
  @Test
  void bothRequestsGoThroughTheWholeSdkWithoutAServer() throws Exception {
    CompletableFuture<Void> done = WarmUp.run(
        S3AsyncClient.builder()
            .region(Region.US_EAST_1)
            .asyncConfiguration(async -> async.advancedOption(
                SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run)),
        "bucket");

    assertThat(done.get(30, TimeUnit.SECONDS)).isNull();
  }
}
