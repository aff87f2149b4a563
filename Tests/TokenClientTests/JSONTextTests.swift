// JSON by RFC 8259, and nothing but it.

import Testing

@testable import TokenClient

@Suite("JSON, read strictly")
struct JSONTextTests {
    private func value(_ text: String) -> JSONText.Value? { JSONText.value(of: Array(text.utf8)) }

    @Test("Every kind of value is read")
    func kinds() {
        #expect(
            value(" { \"a\" : [ 1 , -0.5e+3 , true , false , null , \"\" ] , \"b\":{} }\r\n\t")
                == .object([
                    JSONText.Field(
                        name: "a",
                        value: .array([
                            .number("1"), .number("-0.5e+3"), .truth(true), .truth(false), .null, .string(""),
                        ])),
                    JSONText.Field(name: "b", value: .object([])),
                ]))
        #expect(value("[]") == .array([]))
        #expect(value("12")?.integer == 12)
        #expect(value("1.5")?.integer == nil)
        #expect(value("99999999999999999999")?.integer == nil)
    }

    @Test("Every escape stands for its character")
    func escapes() {
        #expect(value(#""\"\\\/\b\f\n\r\tä\ud83d\ude00ü""#) == .string("\"\\/\u{8}\u{C}\n\r\tä😀ü"))
    }

    @Test(
        "Everything else is refused whole",
        arguments: [
            "", " ", "{", "}", "[1,]", "[,1]", "[1 2]", #"{"a":1,}"#, #"{"a" 1}"#, "{a:1}", #"{"a":1,"a":2}"#, "01",
            "1.",
            ".5", "+1", "-", "1e", "tru", "True", "nul", "NaN", #"""#, #""a"#, #""\x""#, #""\u12""#, #""\u12g4""#,
            #""\ud83d""#, #""\ud83dx""#, #""\ud83d\u0041""#, #""\ude00""#, "\"a\nb\"", "\"\u{0}\"", "1 2", "{}{}",
            "\u{FEFF}{}", "'a'", "// a\n1",
        ])
    func malformed(text: String) {
        #expect(value(text) == nil)
    }

    @Test("Bytes that are no UTF-8 are no string")
    func foreignBytes() {
        #expect(JSONText.value(of: [0x22, 0xFF, 0x22]) == nil)
        #expect(JSONText.value(of: [0x22, 0xC3, 0x22]) == nil)
        #expect(JSONText.value(of: [0xFF, 0xFE, 0x31, 0x00]) == nil)
    }

    @Test("An object of more fields than any answer has is refused")
    func fields() {
        let fields = (0..<101).map { "\"\($0)\":0" }
        #expect(value("{\(fields.dropLast().joined(separator: ","))}") != nil)
        #expect(value("{\(fields.joined(separator: ","))}") == nil)
    }

    @Test("What nests without end is refused, and no stack overflows")
    func depth() {
        #expect(value(String(repeating: "[", count: 15) + String(repeating: "]", count: 15)) != nil)
        #expect(value(String(repeating: "[", count: 500_000)) == nil)
        #expect(value(String(repeating: #"{"a":"#, count: 500_000)) == nil)
    }
}
