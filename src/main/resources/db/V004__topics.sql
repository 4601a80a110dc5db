-- Topics. No row returned: the name is taken (create), or there is no such topic (alter).

CREATE FUNCTION streamhouse.create_topic(in_name text, in_partitions integer, in_config jsonb)
RETURNS SETOF streamhouse.topics
LANGUAGE plpgsql AS $$
DECLARE
  topic streamhouse.topics;
BEGIN
  INSERT INTO streamhouse.topics (name, partitions, config) VALUES (in_name, in_partitions, in_config)
      ON CONFLICT (name) DO NOTHING
  RETURNING * INTO topic;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  INSERT INTO streamhouse.partitions (topic_id, partition)
  SELECT topic.topic_id, n FROM generate_series(0, in_partitions - 1) AS n;
  PERFORM streamhouse.notify_change('topics', jsonb_build_object('created', topic.topic_id));
  RETURN NEXT topic;
END
$$;

-- Changes nothing, and returns the topic as it is, when it has more partitions already.
CREATE FUNCTION streamhouse.alter_topic(in_name text, in_partitions integer, in_config jsonb)
RETURNS SETOF streamhouse.topics
LANGUAGE plpgsql AS $$
DECLARE
  topic streamhouse.topics;
BEGIN
  SELECT t.* INTO topic FROM streamhouse.topics t WHERE t.name = in_name FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF in_partitions = 0 OR in_partitions >= topic.partitions THEN
    INSERT INTO streamhouse.partitions (topic_id, partition)
    SELECT topic.topic_id, n FROM generate_series(topic.partitions, in_partitions - 1) AS n;
    UPDATE streamhouse.topics t
       SET partitions = greatest(in_partitions, t.partitions), config = t.config || in_config
     WHERE t.topic_id = topic.topic_id
    RETURNING t.* INTO topic;
    PERFORM streamhouse.notify_change('topics', jsonb_build_object('altered', topic.topic_id));
  END IF;
  RETURN NEXT topic;
END
$$;

-- False: there is no such topic.
CREATE FUNCTION streamhouse.delete_topic(in_name text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  gone uuid;
BEGIN
  SELECT t.topic_id INTO gone FROM streamhouse.topics t WHERE t.name = in_name FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  -- Waits for commits that are running; the statements after it see what they wrote.
  PERFORM FROM streamhouse.partitions WHERE topic_id = gone ORDER BY topic_id, partition FOR UPDATE;
  PERFORM FROM streamhouse.objects
    WHERE object_id IN (SELECT c.object_id FROM streamhouse.chunks c WHERE c.topic_id = gone)
    ORDER BY object_id FOR UPDATE;
  WITH deleted AS (DELETE FROM streamhouse.chunks WHERE topic_id = gone RETURNING object_id)
  UPDATE streamhouse.objects o
     SET chunks = o.chunks - d.n,
         state = CASE WHEN o.chunks = d.n AND o.state = 'committed' THEN 'tombstone' ELSE o.state END
    FROM (SELECT object_id, count(*) AS n FROM deleted GROUP BY object_id) d
   WHERE o.object_id = d.object_id;
  DELETE FROM streamhouse.producer_states WHERE topic_id = gone;
  DELETE FROM streamhouse.partitions WHERE topic_id = gone;
  DELETE FROM streamhouse.topics WHERE topic_id = gone;
  PERFORM streamhouse.notify_change('topics', jsonb_build_object('deleted', gone));
  RETURN true;
END
$$;
