-- Sessions and leases. Changes go out by NOTIFY in the same transaction; the commit never notifies, since
-- NOTIFY serialises all commits of the database.

CREATE FUNCTION streamhouse.notify_change(change text, details jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  payload text := (jsonb_build_object('change', change) || details)::text;
BEGIN
  -- PostgreSQL refuses payloads of 8000 bytes; without details a listener reads everything anew.
  IF octet_length(payload) > 7000 THEN
    payload := jsonb_build_object('change', change)::text;
  END IF;
  PERFORM pg_notify('streamhouse_changes', payload);
END
$$;

CREATE FUNCTION streamhouse.open_session(
  in_session uuid, in_agent text, in_address text, in_zone text, in_ttl_ms bigint
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE streamhouse.cluster SET generation = generation + 1;
  INSERT INTO streamhouse.agent_sessions (session_id, agent_id, address, zone, expires_at)
  VALUES (in_session, in_agent, in_address, in_zone,
          clock_timestamp() + in_ttl_ms * interval '1 millisecond');
  PERFORM streamhouse.notify_change('agents', jsonb_build_object('opened', in_session));
END
$$;

-- The lock waits for commits of this session that are running.
CREATE FUNCTION streamhouse.close_session(in_session uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM streamhouse.agent_sessions WHERE session_id = in_session FOR UPDATE;
  UPDATE streamhouse.agent_sessions SET state = 'dead' WHERE session_id = in_session AND state <> 'dead';
  IF FOUND THEN
    PERFORM streamhouse.notify_change('agents', jsonb_build_object('closed', jsonb_build_array(in_session)));
  END IF;
END
$$;

-- Raises SH002 when the caller's own session is dead or has expired.
CREATE FUNCTION streamhouse.acquire_leases(in_session uuid, in_topics uuid[], in_partitions integer[])
RETURNS SETOF streamhouse.partition_states
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  expired uuid[];
  gained jsonb;
BEGIN
  PERFORM FROM streamhouse.agent_sessions
    WHERE session_id = in_session AND state <> 'dead' AND expires_at > clock_timestamp() FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'session % is dead or has expired', in_session USING ERRCODE = 'SH002';
  END IF;

  -- Only holders that look expired are locked: nobody's commits wait because a partition is asked for.
  SELECT array_agg(DISTINCT h.session_id) INTO expired
    FROM unnest(in_topics, in_partitions) AS r (topic_id, partition)
    JOIN streamhouse.partitions p ON p.topic_id = r.topic_id AND p.partition = r.partition
    JOIN streamhouse.agent_sessions h ON h.session_id = p.session_id
   WHERE h.state <> 'dead' AND h.expires_at <= clock_timestamp();
  IF expired IS NOT NULL THEN
    PERFORM FROM streamhouse.agent_sessions WHERE session_id = ANY (expired) ORDER BY session_id FOR UPDATE;
    -- The clock is read in a statement after the lock: a heartbeat may have come while it waited.
    WITH died AS (
      UPDATE streamhouse.agent_sessions SET state = 'dead'
       WHERE session_id = ANY (expired) AND state <> 'dead' AND expires_at <= clock_timestamp()
      RETURNING session_id)
    SELECT jsonb_agg(d.session_id) INTO gained FROM died d;
    IF gained IS NOT NULL THEN
      PERFORM streamhouse.notify_change('agents', jsonb_build_object('closed', gained));
    END IF;
  END IF;

  -- Lock first, change in the next statement: only a new snapshot shows sessions that were opened, and
  -- leases that were taken, while the lock was awaited.
  PERFORM FROM streamhouse.partitions p
    JOIN unnest(in_topics, in_partitions) AS r (topic_id, partition)
      ON p.topic_id = r.topic_id AND p.partition = r.partition
   WHERE p.session_id IS DISTINCT FROM in_session
     AND NOT EXISTS (SELECT FROM streamhouse.agent_sessions s
                      WHERE s.session_id = p.session_id AND s.state <> 'dead')
   ORDER BY p.topic_id, p.partition
     FOR NO KEY UPDATE OF p;
  WITH taken AS (
    UPDATE streamhouse.partitions p SET session_id = in_session, epoch = p.epoch + 1
      FROM unnest(in_topics, in_partitions) AS r (topic_id, partition)
     WHERE p.topic_id = r.topic_id AND p.partition = r.partition
       AND p.session_id IS DISTINCT FROM in_session
       AND NOT EXISTS (SELECT FROM streamhouse.agent_sessions s
                        WHERE s.session_id = p.session_id AND s.state <> 'dead')
    RETURNING p.topic_id)
  SELECT jsonb_agg(DISTINCT t.topic_id) INTO gained FROM taken t;
  IF gained IS NOT NULL THEN
    PERFORM streamhouse.notify_change('leases',
                                      jsonb_build_object('sessionId', in_session, 'topicIds', gained));
  END IF;

  RETURN QUERY
    SELECT s.*
      FROM unnest(in_topics, in_partitions) AS r (topic_id, partition)
      JOIN streamhouse.partition_states s ON s.topic_id = r.topic_id AND s.partition = r.partition;
END
$$;

CREATE FUNCTION streamhouse.release_leases(in_session uuid, in_topics uuid[], in_partitions integer[])
RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  released jsonb;
BEGIN
  PERFORM FROM streamhouse.partitions p
    JOIN unnest(in_topics, in_partitions) AS r (topic_id, partition)
      ON p.topic_id = r.topic_id AND p.partition = r.partition
   WHERE p.session_id = in_session
   ORDER BY p.topic_id, p.partition
     FOR NO KEY UPDATE OF p;
  WITH freed AS (
    UPDATE streamhouse.partitions p SET session_id = NULL
      FROM unnest(in_topics, in_partitions) AS r (topic_id, partition)
     WHERE p.topic_id = r.topic_id AND p.partition = r.partition AND p.session_id = in_session
    RETURNING p.topic_id)
  SELECT jsonb_agg(DISTINCT f.topic_id) INTO released FROM freed f;
  IF released IS NOT NULL THEN
    PERFORM streamhouse.notify_change('leases', jsonb_build_object('topicIds', released));
  END IF;
END
$$;
