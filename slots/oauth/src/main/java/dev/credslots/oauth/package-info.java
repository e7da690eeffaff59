/** OAuth: renewing a login once, and never losing its successor. */
@NullMarked
package dev.credslots.oauth;

import org.jspecify.annotations.NullMarked;
