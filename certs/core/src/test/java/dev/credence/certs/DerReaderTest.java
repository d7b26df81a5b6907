package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DerReaderTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 129, 255, 256, 257, 65_535, 65_536, 70_000})
  void whatIsWrittenIsRead(int length) throws Exception {
    byte[] element = Der.octets(new byte[length]);
    var reader = new DerReader(element);
    assertThat(reader.content(DerReader.OCTET_STRING, length, "x")).hasSize(length);
    assertThat(reader.hasMore()).isFalse();
    assertThat(new DerReader(element).element(DerReader.OCTET_STRING, "x")).isEqualTo(element);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "'',missing",
    "04,ends within a length",
    "0401,at most the 0 bytes left",
    "0480,length of 0 bytes",
    "04800000,length of 0 bytes",
    "048101ff,not minimally encoded",
    "04817f,not minimally encoded",
    "04820001ff,not minimally encoded",
    "048200ff,not minimally encoded",
    "0483000100,not minimally encoded",
    "048400000001ff,length of 4 bytes",
    "04ff,length of 127 bytes",
    "0483ffffff,at most the 0 bytes left",
    "0482,ends within a length",
    "0201ff,tag 0x2",
    "2403040100,tag 0x24",
    "1f0400,tag 0x1f"
  })
  void malformedElementIsRefused(String hex, String message) {
    assertThatThrownBy(() -> reader(hex).content(DerReader.OCTET_STRING, "thing"))
        .isInstanceOf(DerException.class)
        .hasMessageStartingWith("thing: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"020100,0", "020101,1", "02017f,127", "02020080,128", "020200ff,255"})
  void smallNumbersAreRead(String hex, int expected) throws Exception {
    assertThat(reader(hex).smallNumber(DerReader.INTEGER, 255, "n")).isEqualTo(expected);
    assertThat(Der.integer(expected)).isEqualTo(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0200",
        "020180",
        "0201ff",
        "02020001",
        "0202007f",
        "02020100",
        "0203000080",
        "0202ff80"
      })
  void otherNumbersAreRefused(String hex) {
    assertThatThrownBy(() -> reader(hex).smallNumber(DerReader.INTEGER, 255, "n"))
        .isInstanceOf(DerException.class);
  }

  @Test
  void numberBeyondTheMaximumIsRefused() {
    assertThatThrownBy(() -> reader("020106").smallNumber(DerReader.INTEGER, 5, "n"))
        .isInstanceOf(DerException.class)
        .hasMessage("n: 6 (expected: 0 to 5)");
  }

  @Test
  void readerOfAnElementSeesNothingBeyondIt() throws Exception {
    DerReader outer = reader("300304010a04010b");
    DerReader inner = outer.enter(DerReader.SEQUENCE, "outer");
    assertThat(inner.content(DerReader.OCTET_STRING, "inner")).containsExactly(10);
    assertThat(inner.hasMore()).isFalse();
    assertThat(inner.nextIs(DerReader.OCTET_STRING)).isFalse();
    assertThatThrownBy(() -> outer.end("outer")).hasMessageContaining("3 trailing bytes");
    assertThat(outer.content(DerReader.OCTET_STRING, "next")).containsExactly(11);
    outer.end("outer");
  }

  @Test
  void innerElementCannotReachBeyondTheOuterOne() throws Exception {
    DerReader inner = reader("300204020a0b").enter(DerReader.SEQUENCE, "outer");
    assertThatThrownBy(() -> inner.content(DerReader.OCTET_STRING, "inner"))
        .isInstanceOf(DerException.class);
  }

  @Test
  void numbersAreWrittenWithTheirLength() {
    assertThat(Unsigned.bytes(java.math.BigInteger.valueOf(0x80), 4))
        .containsExactly(0, 0, 0, 0x80);
    assertThat(Unsigned.bytes(java.math.BigInteger.valueOf(0xff80), 2))
        .containsExactly((byte) 0xff, (byte) 0x80);
  }

  private static DerReader reader(String hex) {
    return new DerReader(HexFormat.of().parseHex(hex));
  }
}
