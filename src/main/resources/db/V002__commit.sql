-- The commit and the claim. Arrays whose names share a prefix are parallel: in_object_* has one element for
-- each object; in_topics to in_ends one for each partition, sorted by (topic, partition), and a position in
-- them is a slot; in_chunk_* one for each chunk, in_state_* one for each producer state. Slots and object
-- numbers count from 1.
--
-- Statements walk the slots and take the elements by subscript: for arrays of a fixed element size that is a
-- seventh cheaper than unnest() of several arrays. Generic plans see few rows and an index on each table, so
-- they are nested loops with one index descent for each element, whatever the statistics say: the cost of a
-- commit grows with its own size only, and rows are locked in the order of the slots, so that commits do not
-- deadlock.

-- Statuses: 0 accepted, 1 lease fenced, 2 offset fenced, 3 producer fenced, 4 unknown partition. NULL: the
-- session is dead. Raises SH001 when an object is known already; then nothing is written.
CREATE FUNCTION streamhouse.commit_segments(
  in_session uuid,
  in_object_ids uuid[], in_object_keys text[], in_object_sizes bigint[], in_object_chunks integer[],
  in_topics uuid[], in_partitions integer[], in_epochs integer[], in_bases bigint[], in_ends bigint[],
  in_chunk_slots integer[], in_chunk_objects integer[], in_chunk_bases bigint[], in_chunk_lasts bigint[],
  in_chunk_positions bigint[], in_chunk_lengths integer[], in_chunk_timestamps bigint[],
  in_state_slots integer[], in_state_producers bigint[], in_state_epochs integer[], in_state_runs bytea[]
) RETURNS smallint[]
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
  written integer;
  fences record;
  fenced integer[] := '{}';
  accepted integer[];
  statuses smallint[];
BEGIN
  -- Conflicts with the takeover's FOR UPDATE, not with a heartbeat: a commit is wholly before or wholly
  -- after the death of its session.
  PERFORM FROM streamhouse.agent_sessions WHERE session_id = in_session AND state <> 'dead' FOR KEY SHARE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;

  INSERT INTO streamhouse.objects (object_id, key, size, session_id, state, chunks)
  SELECT o.object_id, o.key, o.size, in_session, 'committed', o.chunks
    FROM unnest(in_object_ids, in_object_keys, in_object_sizes, in_object_chunks)
         AS o (object_id, key, size, chunks)
   ORDER BY o.object_id
      ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written < cardinality(in_object_ids) THEN
    RAISE EXCEPTION 'an object of this commit is committed or claimed already' USING ERRCODE = 'SH001';
  END IF;

  -- FOR SHARE makes a takeover of the producer's name wait for this commit, so that nothing of an older
  -- instance lands after the takeover has answered. Producers that nobody can take over are not locked.
  -- A FILTER and not a WHERE: the planner would apply a WHERE before it locks.
  SELECT array_agg(p.producer_id) FILTER (WHERE p.fenced_below > 0) AS ids,
         array_agg(p.fenced_below) FILTER (WHERE p.fenced_below > 0) AS below INTO fences
    FROM (SELECT q.producer_id, q.fenced_below
            FROM streamhouse.producers q
           WHERE q.producer_id = ANY (in_state_producers)
             AND (q.name IS NOT NULL OR q.fenced_below > 0 OR q.epoch = 32767)
           ORDER BY q.producer_id
             FOR SHARE) p;
  IF fences.ids IS NOT NULL THEN
    SELECT coalesce(array_agg(DISTINCT s.slot), '{}') INTO fenced
      FROM unnest(in_state_slots, in_state_producers, in_state_epochs) AS s (slot, producer_id, epoch)
      JOIN unnest(fences.ids, fences.below) AS f (producer_id, below)
        ON f.producer_id = s.producer_id AND s.epoch < f.below;
  END IF;

  WITH moved AS (
    UPDATE streamhouse.partitions p SET end_offset = in_ends[r.slot]
      FROM generate_series(1, cardinality(in_topics)) AS r (slot)
     WHERE p.topic_id = in_topics[r.slot] AND p.partition = in_partitions[r.slot]
       AND p.session_id = in_session AND p.epoch = in_epochs[r.slot]
       AND p.end_offset = in_bases[r.slot]
       AND r.slot <> ALL (fenced)
    RETURNING r.slot)
  SELECT coalesce(array_agg(m.slot), '{}') INTO accepted FROM moved m;

  IF cardinality(accepted) = cardinality(in_topics) THEN
    statuses := array_fill(0::smallint, ARRAY[cardinality(in_topics)]);
  ELSE
    SELECT array_agg((CASE WHEN a.slot IS NOT NULL THEN 0
                           WHEN p.topic_id IS NULL THEN 4
                           WHEN r.slot = ANY (fenced) THEN 3
                           WHEN p.session_id IS DISTINCT FROM in_session OR p.epoch <> r.epoch THEN 1
                           ELSE 2 END)::smallint ORDER BY r.slot) INTO statuses
      FROM unnest(in_topics, in_partitions, in_epochs) WITH ORDINALITY AS r (topic_id, partition, epoch, slot)
      LEFT JOIN streamhouse.partitions p ON p.topic_id = r.topic_id AND p.partition = r.partition
      LEFT JOIN unnest(accepted) AS a (slot) ON a.slot = r.slot;
    UPDATE streamhouse.objects o
       SET chunks = k.kept, state = CASE WHEN k.kept = 0 THEN 'tombstone' ELSE 'committed' END
      FROM (SELECT in_object_ids[c.object] AS object_id, count(*) FILTER (WHERE statuses[c.slot] = 0) AS kept
              FROM unnest(in_chunk_slots, in_chunk_objects) AS c (slot, object)
             GROUP BY 1) k
     WHERE o.object_id = k.object_id AND o.chunks <> k.kept;
    IF cardinality(accepted) = 0 THEN
      RETURN statuses;
    END IF;
  END IF;

  INSERT INTO streamhouse.chunks (topic_id, partition, epoch, base_offset, last_offset, object_id,
                                  position, max_timestamp, length, records)
  SELECT in_topics[in_chunk_slots[c.i]], in_partitions[in_chunk_slots[c.i]],
         in_epochs[in_chunk_slots[c.i]], in_chunk_bases[c.i], in_chunk_lasts[c.i],
         in_object_ids[in_chunk_objects[c.i]], in_chunk_positions[c.i], in_chunk_timestamps[c.i],
         in_chunk_lengths[c.i], in_chunk_lasts[c.i] - in_chunk_bases[c.i] + 1
    FROM generate_series(1, cardinality(in_chunk_slots)) AS c (i)
   WHERE statuses[in_chunk_slots[c.i]] = 0;

  -- Nearly always the row is there. Update first: ON CONFLICT would lock, and log the lock of, each row.
  -- Nobody else writes these rows, since the partition's row is locked.
  UPDATE streamhouse.producer_states p SET epoch = in_state_epochs[s.i], runs = s.runs
    FROM unnest(in_state_runs) WITH ORDINALITY AS s (runs, i)
   WHERE statuses[in_state_slots[s.i]] = 0
     AND p.topic_id = in_topics[in_state_slots[s.i]]
     AND p.partition = in_partitions[in_state_slots[s.i]]
     AND p.producer_id = in_state_producers[s.i];
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written < cardinality(in_state_slots) THEN
    INSERT INTO streamhouse.producer_states (topic_id, partition, producer_id, epoch, runs)
    SELECT in_topics[s.slot], in_partitions[s.slot], s.producer_id, s.epoch, s.runs
      FROM unnest(in_state_slots, in_state_producers, in_state_epochs, in_state_runs)
           AS s (slot, producer_id, epoch, runs)
     WHERE statuses[s.slot] = 0
       AND NOT EXISTS (SELECT FROM streamhouse.producer_states p
                        WHERE p.topic_id = in_topics[s.slot] AND p.partition = in_partitions[s.slot]
                          AND p.producer_id = s.producer_id);
  END IF;
  RETURN statuses;
END
$$;

-- Settles a commit whose outcome is unknown. Statuses as the commit's (0 in the log, 1 not); NULL: nothing of
-- these objects is in the log, and nothing of them can be any more.
CREATE FUNCTION streamhouse.claim_objects(
  in_session uuid, in_object_ids uuid[], in_object_keys text[], in_object_sizes bigint[],
  in_topics uuid[], in_partitions integer[],
  in_chunk_slots integer[], in_chunk_objects integer[], in_chunk_bases bigint[]
) RETURNS smallint[]
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
  statuses smallint[];
BEGIN
  -- Waits for a commit of one of these keys that is still running, and stands in the way of a later one.
  INSERT INTO streamhouse.objects (object_id, key, size, session_id, state, chunks)
  SELECT o.object_id, o.key, o.size, in_session, 'tombstone', 0
    FROM unnest(in_object_ids, in_object_keys, in_object_sizes) AS o (object_id, key, size)
   ORDER BY o.object_id
      ON CONFLICT DO NOTHING;

  -- A statement of its own, whose snapshot sees the commit that the insert has waited for.
  SELECT array_agg(s.status ORDER BY s.slot) INTO statuses
    FROM (SELECT c.slot, (CASE WHEN count(k.base_offset) = count(*) THEN 0 ELSE 1 END)::smallint AS status
            FROM unnest(in_chunk_slots, in_chunk_objects, in_chunk_bases) AS c (slot, object, base_offset)
            LEFT JOIN streamhouse.chunks k
                   ON k.topic_id = in_topics[c.slot] AND k.partition = in_partitions[c.slot]
                  AND k.base_offset = c.base_offset AND k.object_id = in_object_ids[c.object]
           GROUP BY c.slot) s;
  IF 0 = ANY (statuses) THEN
    RETURN statuses;
  END IF;
  RETURN NULL;
END
$$;
