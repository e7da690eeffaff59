/** Which slot is next, when one hits its quota. */
@NullMarked
package dev.credslots.accounts;

import org.jspecify.annotations.NullMarked;
