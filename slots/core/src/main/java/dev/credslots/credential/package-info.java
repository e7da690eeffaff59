/** Credential formats and the values they hold; no I/O. */
@NullMarked
package dev.credslots.credential;

import org.jspecify.annotations.NullMarked;
