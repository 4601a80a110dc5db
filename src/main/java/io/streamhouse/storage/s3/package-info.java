/** The object store over the S3 protocol. */
@NullMarked
package io.streamhouse.storage.s3;

import org.jspecify.annotations.NullMarked;
