package io.streamhouse;

/** Options of a {@link Producer}. */
public class ProducerOptions {}
