package io.streamhouse.storage;

import io.vertx.core.Future;
import java.util.List;

/** Lists objects. */
public interface ObjectLister {
  /**
   * The next objects in the order of their keys. An incomplete answer of the store is a failure, never a shorter page.
   *
   * @param prefix only keys that begin with it
   * @param startAfter only keys behind it; empty: from the first
   * @param limit 1 to 1000
   */
  Future<Page> list(String prefix, String startAfter, int limit);

  /**
   * An object in a listing.
   *
   * @param key its key
   * @param size bytes
   * @param lastModifiedMs milliseconds since 1970, by the store's clock
   */
  record Listed(String key, long size, long lastModifiedMs) {}

  /**
   * A part of a listing.
   *
   * @param objects in the order of their keys
   * @param hasMore whether there are more behind the last one
   */
  record Page(List<Listed> objects, boolean hasMore) {}
}
