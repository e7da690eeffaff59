/** Slots, drift and heal on a credentials directory. */
@NullMarked
package dev.credslots;

import org.jspecify.annotations.NullMarked;
