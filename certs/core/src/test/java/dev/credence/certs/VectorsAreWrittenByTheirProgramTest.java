package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VectorsAreWrittenByTheirProgramTest {

  @Test
  void pythonProgramWritesTheVectorsThatAreThere(@TempDir Path folder) throws Exception {
    Path program = SpecFolder.root().resolve("certs/core/src/test/python/write_vectors.py");
    assumeTrue(python(), "python3 is not on this machine: vectors not written again");
    Process process =
        new ProcessBuilder("python3", program.toString(), folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("output"))).isZero();
    for (String file :
        new String[] {
          "execution-extension.json", "attestation-digest.json", "attestation-shown.json"
        }) {
      assertThat(Files.readString(folder.resolve(file)))
          .isEqualTo(Files.readString(SpecFolder.path().resolve("vectors").resolve(file)));
    }
  }

  private static boolean python() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
