/**
 * The offline engine: named credential slots beside a live link. {@link dev.credslots.SlotManager}
 * is the way in; everything else here is what it takes and answers.
 */
@NullMarked
package dev.credslots;

import org.jspecify.annotations.NullMarked;
