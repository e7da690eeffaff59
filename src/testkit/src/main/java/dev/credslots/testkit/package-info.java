/** Credentials directories for tests. */
@NullMarked
package dev.credslots.testkit;

import org.jspecify.annotations.NullMarked;
