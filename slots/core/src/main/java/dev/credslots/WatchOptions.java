package dev.credslots;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a watcher was built with. Immutable.
 *
 * @param moment how long what is not proven is left alone
 */
record WatchOptions(
    SlotWatcher.Policy policy, Duration poll, Duration moment, Consumer<WatchReport> listener) {}
