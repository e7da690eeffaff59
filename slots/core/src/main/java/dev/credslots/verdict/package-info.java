/** Evidence to verdict to plan; pure functions. */
@NullMarked
package dev.credslots.verdict;

import org.jspecify.annotations.NullMarked;
