/**
 * The calls to the operating system that the JDK doesn't have. Loaded only when used: a class of
 * jnr costs more to load than a whole switch of links. For {@code cli} as well as for the core.
 */
@NullMarked
package dev.credslots.internal.posix;

import org.jspecify.annotations.NullMarked;
