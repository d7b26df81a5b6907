package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProcessEventsTest implements ProcessEvents.Listener {
  /// A user that nobody else is.
  private static final int STRANGER = 1_234_567;

  private final BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> users = new LinkedBlockingQueue<>();

  @Override
  public void changed(int pid) {
    told.add(pid);
  }

  @Override
  public void joined(int uid) {
    users.add(uid);
  }

  @Override
  public void missed() {
    told.add(-1);
  }

  private ProcessEvents open() {
    try {
      return ProcessEvents.open(this);
    } catch (IOException e) {
      assumeTrue(false, "skipped: the kernel does not tell this process: " + e.getMessage());
      throw new IllegalStateException(e);
    }
  }

  private void await(int pid) throws InterruptedException {
    Integer next;
    do {
      next = told.poll(30, TimeUnit.SECONDS);
      assertThat(next).as("an event of process %d", pid).isNotNull();
    } while (next != pid);
  }

  @Test
  void anExecIsTold() throws Exception {
    try (var _ = open()) {
      Process process = new ProcessBuilder("/bin/sh", "-c", "read x; exec sleep 60").start();
      try {
        await(Math.toIntExact(process.pid()));
        told.clear();
        process.getOutputStream().write(10);
        process.getOutputStream().flush();
        await(Math.toIntExact(process.pid()));
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void aChangedUserIsTold() throws Exception {
    assumeTrue(isRoot(), "skipped: not root");
    try (var _ = open()) {
      Process process =
          new ProcessBuilder(
                  List.of(
                      "/usr/bin/python3",
                      "-c",
                      "import os,sys; sys.stdin.readline(); os.setuid(%d); sys.stdin.readline()"
                          .formatted(STRANGER)))
              .start();
      try {
        await(Math.toIntExact(process.pid()));
        told.clear();
        process.getOutputStream().write(10);
        process.getOutputStream().flush();
        await(Math.toIntExact(process.pid()));
        Integer next;
        do {
          next = users.poll(30, TimeUnit.SECONDS);
          assertThat(next).as("its new user").isNotNull();
        } while (next != STRANGER);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static boolean isRoot() {
    return new com.sun.security.auth.module.UnixSystem().getUid() == 0;
  }

  /// The kernel throws away what does not fit, and says so once.
  @Test
  void whatWasLostIsTold() throws Exception {
    var busy = new CountDownLatch(1);
    var free = new CountDownLatch(1);
    var lost = new CountDownLatch(1);
    var slow =
        new ProcessEvents.Listener() {
          @Override
          public void changed(int pid) {
            busy.countDown();
            awaitUninterruptibly(free);
          }

          @Override
          public void joined(int uid) {}

          @Override
          public void missed() {
            lost.countDown();
          }
        };
    try (var _ = open(slow)) {
      assertThat(new ProcessBuilder("/bin/true").start().waitFor()).isZero();
      assertThat(busy.await(30, TimeUnit.SECONDS)).as("somebody is told").isTrue();
      String many = "i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done";
      assertThat(new ProcessBuilder("/bin/sh", "-c", many).start().waitFor()).isZero();
      assertThat(lost.getCount()).isOne();
      free.countDown();
      assertThat(lost.await(30, TimeUnit.SECONDS)).as("told of what was lost").isTrue();
    } finally {
      free.countDown();
    }
  }

  private static ProcessEvents open(ProcessEvents.Listener listener) {
    try {
      return ProcessEvents.open(listener, 1);
    } catch (IOException e) {
      assumeTrue(false, "skipped: the kernel does not tell this process: " + e.getMessage());
      throw new IllegalStateException(e);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void closingEndsIt() throws Exception {
    ProcessEvents events = open();
    events.close();
    events.close();
    told.clear();
    assertThat(new ProcessBuilder("/bin/true").start().waitFor()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void whatIsNoEventIsNone() {
    byte[] none = new byte[64];
    for (int length = 0; length <= none.length; length++) {
      assertThat(ProcessEvent.parse(none, length)).isEmpty();
    }
  }
}
