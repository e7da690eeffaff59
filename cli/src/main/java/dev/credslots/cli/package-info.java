/** The commands and what they are composed of. */
@NullMarked
package dev.credslots.cli;

import org.jspecify.annotations.NullMarked;
