package io.streamhouse.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamhouse.ErrorCode;
import io.streamhouse.common.PartitionId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link TopicStore} does. */
public abstract class TopicStoreContract extends MetadataContract {
  @Test
  void aNewTopicIsFoundByNameAndId() {
    String name = uniqueName("logs");
    TopicInfo created = await(store().createTopic(name, 3, Map.of("retentionMs", "86400000")));
    assertThat(created.name()).isEqualTo(name);
    assertThat(created.partitions()).isEqualTo(3);
    assertThat(created.config()).containsExactly(Map.entry("retentionMs", "86400000"));
    assertThat(created.createdAtMs()).isPositive();
    assertThat(await(store().findTopic(name))).isEqualTo(created);
    assertThat(await(store().findTopic(created.id()))).isEqualTo(created);
  }

  @Test
  void aNewTopicHasEmptyPartitionsThatNobodyLeads() {
    List<PartitionId> ids = topic(3);
    List<PartitionState> partitions = await(store().partitions(ids.get(0).topicId()));
    assertThat(partitions).extracting(PartitionState::id).containsExactlyElementsOf(ids);
    assertThat(partitions).allSatisfy(partition -> {
      assertThat(partition.epoch()).isZero();
      assertThat(partition.startOffset()).isZero();
      assertThat(partition.endOffset()).isZero();
      assertThat(partition.holder()).isEmpty();
    });
  }

  @Test
  void aSecondTopicOfTheSameNameIsRefused() {
    String name = uniqueName("twice");
    TopicInfo first = await(store().createTopic(name, 1, Map.of()));
    assertThat(failure(store().createTopic(name, 5, Map.of()), ErrorCode.TOPIC_ALREADY_EXISTS))
        .hasMessage("Topic '" + name + "' exists already");
    assertThat(await(store().findTopic(name))).isEqualTo(first);
  }

  @Test
  void anIllegalNameOrNumberOfPartitionsIsRefused() {
    failure(store().createTopic("no/slashes", 1, Map.of()), ErrorCode.INVALID_TOPIC);
    failure(store().createTopic("", 1, Map.of()), ErrorCode.INVALID_TOPIC);
    failure(store().createTopic(uniqueName("t"), 0, Map.of()), ErrorCode.INVALID_ARGUMENT);
    failure(store().createTopic(uniqueName("t"), -1, Map.of()), ErrorCode.INVALID_ARGUMENT);
    failure(store().createTopic(uniqueName("t"), 1_000_000, Map.of()), ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void aTopicThatIsMissingIsNamed() {
    String message = "Topic 'missing-topic' does not exist";
    assertThat(failure(store().findTopic("missing-topic"), ErrorCode.UNKNOWN_TOPIC))
        .hasMessage(message);
    assertThat(failure(store().alterTopic("missing-topic", 2, Map.of()), ErrorCode.UNKNOWN_TOPIC))
        .hasMessage(message);
    assertThat(failure(store().deleteTopic("missing-topic"), ErrorCode.UNKNOWN_TOPIC))
        .hasMessage(message);
    UUID id = UUID.randomUUID();
    assertThat(failure(store().findTopic(id), ErrorCode.UNKNOWN_TOPIC))
        .hasMessageContaining(id.toString());
    assertThat(await(store().partitions(id))).isEmpty();
  }

  @Test
  void topicsAreListedInTheOrderOfTheirNames() {
    String prefix = uniqueName("list");
    for (String suffix : List.of("b", "B", "a", "_", "a.b")) {
      await(store().createTopic(prefix + suffix, 1, Map.of()));
    }
    assertThat(await(store().listTopics()))
        .extracting(TopicInfo::name)
        .filteredOn(name -> name.startsWith(prefix))
        .containsExactly(prefix + "B", prefix + "_", prefix + "a", prefix + "a.b", prefix + "b");
  }

  @Test
  void alteringAddsPartitionsAndMergesTheConfiguration() {
    String name = uniqueName("alter");
    TopicInfo created = await(store().createTopic(name, 2, Map.of("a", "1", "b", "2")));
    TopicInfo altered = await(store().alterTopic(name, 4, Map.of("b", "3", "c", "4")));
    assertThat(altered)
        .isEqualTo(new TopicInfo(
            created.id(), name, 4, Map.of("a", "1", "b", "3", "c", "4"), created.createdAtMs()));
    assertThat(await(store().partitions(created.id())))
        .extracting(state -> state.id().partition())
        .containsExactly(0, 1, 2, 3);
    assertThat(await(store().alterTopic(name, 0, Map.of())).partitions()).isEqualTo(4);
  }

  @Test
  void alteringKeepsWhatThePartitionsHold() {
    PartitionId partition = topic(1).get(0);
    UUID session = session();
    acquire(session, partition);
    append(session, partition, 5);
    await(store().alterTopic(await(store().findTopic(partition.topicId())).name(), 3, Map.of()));
    assertThat(state(partition).endOffset()).isEqualTo(5);
    assertThat(state(partition).holder()).isPresent();
  }

  @Test
  void fewerPartitionsAreRefusedAndNothingChanges() {
    String name = uniqueName("fewer");
    TopicInfo created = await(store().createTopic(name, 3, Map.of()));
    assertThat(failure(store().alterTopic(name, 2, Map.of("x", "y")), ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining("has 3 already");
    assertThat(await(store().findTopic(name))).isEqualTo(created);
  }

  @Test
  void aTopicThatIsMadeAgainIsAnotherTopic() {
    String name = uniqueName("again");
    TopicInfo first = await(store().createTopic(name, 1, Map.of()));
    PartitionId partition = new PartitionId(first.id(), 0);
    UUID session = session();
    acquire(session, partition);
    append(session, partition, 7);
    await(store().deleteTopic(name));
    failure(store().findTopic(name), ErrorCode.UNKNOWN_TOPIC);
    assertThat(await(store().partitionStates(List.of(partition)))).isEmpty();
    assertThat(chunks(partition)).isEmpty();

    TopicInfo second = await(store().createTopic(name, 1, Map.of()));
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(state(new PartitionId(second.id(), 0)).endOffset()).isZero();
  }

  @Test
  void deletingATopicLeavesTheOthersInSharedObjects() {
    PartitionId kept = topic(1).get(0);
    PartitionId deleted = topic(1).get(0);
    UUID session = session();
    int keptEpoch = acquire(session, kept).epoch();
    int deletedEpoch = acquire(session, deleted).epoch();
    SegmentObject shared = object();
    await(store()
        .commit(request(
            session,
            shared,
            chunk(shared, kept, 0, 2, keptEpoch),
            chunk(shared, deleted, 0, 3, deletedEpoch))));
    await(store().deleteTopic(await(store().findTopic(deleted.topicId())).name()));
    assertThat(await(store().objectsOf(kept.topicId(), 10))).containsExactly(shared);
    assertThat(await(store().objectsOf(deleted.topicId(), 10))).isEmpty();
    assertThat(chunks(kept)).hasSize(1);
  }
}
