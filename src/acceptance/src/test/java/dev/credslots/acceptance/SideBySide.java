package dev.credslots.acceptance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Tasks that share nothing, as many at a time as there are processors. */
final class SideBySide {
  private SideBySide() {}

  interface Task {
    void run() throws Exception;
  }

  /** Runs all of them; throws what the first in the list that failed threw. */
  static void run(List<Task> tasks) throws Exception {
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Task task : tasks) {
        running.add(
            workers.submit(
                () -> {
                  task.run();
                  return null;
                }));
      }
      for (Future<?> task : running) {
        task.get();
      }
    } finally {
      workers.shutdownNow();
    }
  }
}
