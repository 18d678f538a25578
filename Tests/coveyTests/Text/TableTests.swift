import Testing

@testable import covey

struct TableTests {
  private var table: Table {
    var table = Table("NAME", ">SIZE", "STATE")
    table.add("one", "9", .state("running"))
    table.add("a-longer-one", "1000", .state("failed"))
    return table
  }

  @Test func columnsLineUpAndLinesEndWithoutSpaces() {
    #expect(
      table.text(.plain) == """
        NAME          SIZE  STATE
        one              9  running
        a-longer-one  1000  failed

        """)
  }

  @Test func colourAddsCodesOnlyWhereItIsOn() {
    #expect(table.text(Style(isOn: true)).contains("\u{1B}[32mrunning\u{1B}[0m"))
    #expect(!table.text(.plain).contains("\u{1B}"))
  }

  @Test func factsLeaveOutWhatIsMissing() {
    var facts = Facts()
    facts.add("name", "one")
    facts.add("group", nil)
    facts.add("state", "running\nand well")
    #expect(facts.text(.plain) == "name   one\nstate  running and well\n")
  }
}
