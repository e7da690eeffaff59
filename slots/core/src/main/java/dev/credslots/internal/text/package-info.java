/** How times read to people, the same in every sentence and table. Shared with the command. */
@NullMarked
package dev.credslots.internal.text;

import org.jspecify.annotations.NullMarked;
