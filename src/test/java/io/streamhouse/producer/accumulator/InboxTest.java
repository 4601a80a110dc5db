package io.streamhouse.producer.accumulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static final class Item extends InboxItem {
    final int sender;
    final int number;

    Item(int sender, int number) {
      this.sender = sender;
      this.number = number;
    }
  }

  private static List<Item> items(InboxItem first) {
    List<Item> items = new ArrayList<>();
    for (InboxItem item = first; item != null; item = item.next) {
      items.add((Item) item);
    }
    return items;
  }

  @Test
  void itemsComeOutInTheOrderInWhichTheyWentIn() {
    Inbox inbox = new Inbox();
    assertThat(inbox.offer(new Item(0, 0))).isEqualTo(Inbox.Offer.FIRST);
    assertThat(inbox.offer(new Item(0, 1))).isEqualTo(Inbox.Offer.QUEUED);
    assertThat(inbox.offer(new Item(0, 2))).isEqualTo(Inbox.Offer.QUEUED);

    assertThat(items(inbox.takeAll())).extracting(item -> item.number).containsExactly(0, 1, 2);
    assertThat(inbox.takeAll()).isNull();
    assertThat(inbox.offer(new Item(0, 3))).isEqualTo(Inbox.Offer.FIRST);
  }

  @Test
  void aClosedInboxGivesWhatIsLeftAndRefusesTheRest() {
    Inbox inbox = new Inbox();
    inbox.offer(new Item(0, 0));

    assertThat(items(inbox.close())).hasSize(1);
    assertThat(inbox.offer(new Item(0, 1))).isEqualTo(Inbox.Offer.CLOSED);
    assertThat(inbox.takeAll()).isNull();
    assertThat(inbox.close()).isNull();
  }

  @Test
  void manyThreadsLoseNothingAndEachKeepsItsOrderUntilTheInboxCloses() throws Exception {
    int senders = 8;
    int each = 50_000;
    Inbox inbox = new Inbox();
    AtomicInteger accepted = new AtomicInteger();
    AtomicInteger firsts = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int s = 0; s < senders; s++) {
      int sender = s;
      threads.add(new Thread(() -> {
        for (int i = 0; i < each; i++) {
          Inbox.Offer offer = inbox.offer(new Item(sender, i));
          accepted.addAndGet(offer == Inbox.Offer.CLOSED ? 0 : 1);
          firsts.addAndGet(offer == Inbox.Offer.FIRST ? 1 : 0);
        }
      }));
    }
    threads.forEach(Thread::start);
    List<Item> taken = new ArrayList<>();
    int nonEmptyTakes = 0;
    while (taken.size() < senders * each / 2) {
      List<Item> batch = items(inbox.takeAll());
      nonEmptyTakes += batch.isEmpty() ? 0 : 1;
      taken.addAll(batch);
    }
    List<Item> last = items(inbox.close());
    nonEmptyTakes += last.isEmpty() ? 0 : 1;
    taken.addAll(last);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(taken).hasSize(accepted.get());
    assertThat(firsts).hasValue(nonEmptyTakes);
    int[] next = new int[senders];
    taken.forEach(item -> assertThat(item.number).isEqualTo(next[item.sender]++));
  }
}
