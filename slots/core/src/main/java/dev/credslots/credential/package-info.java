/** Values: what a credential file holds, without any input or output of its own. */
@NullMarked
package dev.credslots.credential;

import org.jspecify.annotations.NullMarked;
