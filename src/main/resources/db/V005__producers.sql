-- Producer identities.

-- A new id that carries on a producer whose epochs are used up: all epochs of the old id are refused.
CREATE FUNCTION streamhouse.replace_producer(in_old bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  old_name text;
  new_id bigint;
BEGIN
  SELECT p.name INTO old_name FROM streamhouse.producers p WHERE p.producer_id = in_old;
  UPDATE streamhouse.producers SET name = NULL, fenced_below = 32768 WHERE producer_id = in_old;
  INSERT INTO streamhouse.producers (name) VALUES (old_name) RETURNING producer_id INTO new_id;
  RETURN new_id;
END
$$;

CREATE FUNCTION streamhouse.take_over_producer(in_name text, OUT out_id bigint, OUT out_epoch integer)
LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    INSERT INTO streamhouse.producers (name) VALUES (in_name) ON CONFLICT (name) DO NOTHING
    RETURNING producer_id, epoch INTO out_id, out_epoch;
    EXIT WHEN FOUND;
    SELECT p.producer_id, p.epoch INTO out_id, out_epoch
      FROM streamhouse.producers p WHERE p.name = in_name FOR UPDATE;
    -- Not found: another takeover has moved the name to a new id meanwhile.
    CONTINUE WHEN NOT FOUND;
    IF out_epoch = 32767 THEN
      out_id := streamhouse.replace_producer(out_id);
      out_epoch := 0;
    ELSE
      out_epoch := out_epoch + 1;
      UPDATE streamhouse.producers SET epoch = out_epoch, fenced_below = out_epoch
       WHERE producer_id = out_id;
    END IF;
    EXIT;
  END LOOP;
END
$$;

-- No epoch: no such producer, or it never had this epoch. Epoch -1: a newer instance has taken over.
CREATE FUNCTION streamhouse.raise_producer_epoch(
  in_id bigint, in_epoch integer, OUT out_id bigint, OUT out_epoch integer
) LANGUAGE plpgsql AS $$
DECLARE
  present streamhouse.producers;
BEGIN
  SELECT p.* INTO present FROM streamhouse.producers p WHERE p.producer_id = in_id FOR UPDATE;
  IF NOT FOUND OR in_epoch > present.epoch THEN
    RETURN;
  END IF;
  out_id := in_id;
  IF in_epoch < present.fenced_below THEN
    out_epoch := -1;
  ELSIF present.epoch = 32767 THEN
    out_id := streamhouse.replace_producer(in_id);
    out_epoch := 0;
  ELSE
    out_epoch := present.epoch + 1;
    UPDATE streamhouse.producers SET epoch = out_epoch WHERE producer_id = in_id;
  END IF;
END
$$;
