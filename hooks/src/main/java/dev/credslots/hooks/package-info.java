/** Lock guards and listeners to hand to a slot manager. */
@NullMarked
package dev.credslots.hooks;

import org.jspecify.annotations.NullMarked;
