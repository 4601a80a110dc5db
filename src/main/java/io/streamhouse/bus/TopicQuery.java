package io.streamhouse.bus;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks the router for a topic; {@link TopicAnswer}s follow until the topic is known or known not to exist.
 *
 * @param topic a legal name
 * @param staleTopicId an id that agents no longer know: the router must not answer with it; null: any answer will do
 */
public record TopicQuery(String topic, @Nullable UUID staleTopicId) {}
