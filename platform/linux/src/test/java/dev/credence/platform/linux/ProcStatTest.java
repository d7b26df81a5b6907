package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {
  private static final String REST =
      " S 77 1 1 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4711 3133440 407 18446744073709551615"
          + " 1000 2000 3000 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 1 2 3 4000 4001 4002 5000 0\n";

  private static ProcStat parse(String text) throws IOException {
    return ProcStat.parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void readsTheFieldsByTheirNumbers() throws IOException {
    ProcStat stat = parse("12 (cat)" + REST);

    assertThat(stat.state()).isEqualTo('S');
    assertThat(stat.parent()).isEqualTo(77);
    assertThat(stat.startTime()).isEqualTo(4711);
    assertThat(stat.layout()).isEqualTo(new ProcStat.Layout(1000, 3000, 4000, 5000));
  }

  @Test
  void knowsWhoIsOnTheWayToItsEnd() throws IOException {
    assertThat(parse("12 (cat)" + REST).isEnding()).isFalse();
    assertThat(parse("12 (cat)" + REST.replace(" S 77", " Z 77")).isEnding()).isTrue();
    ProcStat ending = parse("12 (cat)" + REST.replace("4194304", "4194308"));
    assertThat(ending.isEnding()).isTrue();
    assertThat(ending.isDead()).isFalse();
  }

  @Test
  void whoseFirstThreadHasEndedIsNotDeadWhileOthersRun() throws IOException {
    ProcStat dead = parse("12 (cat)" + REST.replace(" S 77", " Z 77"));
    assertThat(dead.isDead()).isTrue();
    ProcStat others =
        parse("12 (cat)" + REST.replace(" S 77", " Z 77").replace(" 20 0 1 0 ", " 20 0 2 0 "));
    assertThat(others.isDead()).isFalse();
    assertThat(others.isEnding()).as("it shows no program any more").isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", ")", "(", ") R 1 2 3 (", "a) S 1", "\n", "x) R 9 9\n(y", "\u00ff)\t("})
  void namesAreWhateverTheirOwnerLikes(String name) throws IOException {
    assertThat(parse("12 (" + name + ")" + REST)).isEqualTo(parse("12 (cat)" + REST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12",
        "12 (cat)",
        "12 (cat) S",
        "12 (cat) S 1 2 3",
        "12 cat S 1 2 3",
        "12 (cat) SS 1 1 1 0 -1 1 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1 1 1 1 1 0 0 0 0 0 0 0 0 0 1 1 0"
            + " 0 0 0 0 1 2 3 4 5 6 7 0"
      })
  void refusesWhatIsTooShortOrOtherwise(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesNumbersThatAreNone() {
    assertThatThrownBy(() -> parse("12 (cat)" + REST.replace("4711", "-4711")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("field 22");
    assertThatThrownBy(() -> parse("12 (cat)" + REST.replace("4711", "99999999999999999999999")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void neverFailsOtherwiseThanByRefusal() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] good = ("12 (cat)" + REST).getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int n = random.nextInt(6); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(ProcStat.parse(bytes)).as("seed %s", seed).isNotNull();
      } catch (IOException refused) {
        assertThat(refused.getMessage()).as("seed %s", seed).hasSizeLessThan(400);
      }
    }
  }

  @Test
  void readsARealProcessWithAStrangeName(@TempDir Path folder) throws Exception {
    Path strange = folder.resolve("a) R 1 (\n b");
    Files.copy(Path.of("/bin/cat"), strange);
    assertThat(strange.toFile().setExecutable(true)).isTrue();
    try (Child child = Child.start(strange.toString())) {
      child.go();
      assertThat(child.line()).isEmpty();

      try (ProcDirectory process = ProcDirectory.open(child.pid())) {
        assertThat(process.readText("stat", ProcStat.LONGEST)).contains("(a) R 1 (\n b)");
        assertThat(ProcStat.read(process).parent()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(ProcStatus.read(process).uids()).hasSize(4);
      }
      assertThat(ProcessMark.read(child.pid()).pid()).isEqualTo(child.pid());
    }
  }
}
