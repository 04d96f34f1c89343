import type { Case } from '../case.js'
import { membersAsWritten } from '../mistakes/primitives.js'

/** RFC 8785: the examples of §3.2 and numbers of Appendix B. */
export const jcsRfcCases: readonly Case[] = [
  {
    id: 'jcs-rfc8785-3-2-2',
    comment: 'RFC 8785 §3.2.2: literals, numbers and strings',
    flags: ['Rfc'],
    requirements: ['card.signature'],
    input: {
      json:
        '{\n  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],\n' +
        '  "string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",\n  "literals": [null, true, false]\n}',
    },
    pinned: {
      canonical:
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    },
  },
  {
    id: 'jcs-rfc8785-3-2-3',
    comment: 'RFC 8785 §3.2.3: names are sorted by their UTF-16 code units',
    flags: ['Rfc'],
    requirements: ['card.signature'],
    input: {
      json:
        '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",' +
        '"\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
    },
    pinned: {
      canonical:
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
        '"\u20ac":"Euro Sign","\u{1f600}":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    },
  },
  {
    id: 'jcs-rfc8785-appendix-b',
    comment: 'RFC 8785 Appendix B: numbers',
    flags: ['Rfc', 'JsonNumber'],
    requirements: ['card.signature'],
    input: {
      json:
        '{"numbers":[0.0,-0,5e-324,-5e-324,1.7976931348623157e308,-1.7976931348623157e308,9007199254740992.0,-9007199254740992.0,' +
        '295147905179352830000,9.999999999999997e22,100000000000000000000000,1.0000000000000001E23,999999999999999700000.0,' +
        '999999999999999900000.0,1000000000000000000000,0.0000009999999999999997,1e-6,333333333.3333332,333333333.33333325,' +
        '333333333.3333333,333333333.3333334,333333333.33333343,-3.3333333333333333e-6,1424953923781206.2]}',
    },
    pinned: {
      canonical:
        '{"numbers":[0,0,5e-324,-5e-324,1.7976931348623157e+308,-1.7976931348623157e+308,9007199254740992,-9007199254740992,' +
        '295147905179352830000,9.999999999999997e+22,1e+23,1.0000000000000001e+23,999999999999999700000,' +
        '999999999999999900000,1e+21,9.999999999999997e-7,0.000001,333333333.3333332,333333333.33333325,' +
        '333333333.3333333,333333333.3333334,333333333.33333343,-0.0000033333333333333333,1424953923781206.2]}',
    },
  },
]

/** JCS beyond the examples. */
export const jcsCases: readonly Case[] = [
  {
    id: 'jcs-nested',
    comment: 'objects within arrays within objects: names are sorted everywhere, elements nowhere',
    flags: ['MemberOrder'],
    requirements: ['card.signature'],
    input: { json: '{"b":[{"d":1,"c":2},3,1],"a":{"z":{},"y":[]}}' },
    mistakes: [membersAsWritten],
  },
  {
    id: 'jcs-digits',
    comment: 'names that look like integers are sorted as texts: 10 before 9',
    flags: ['MemberOrder'],
    requirements: ['card.signature'],
    input: { json: '{"9":1,"10":2,"a":3,"":4}' },
  },
  {
    id: 'jcs-solidus-and-del',
    comment: 'a solidus, U+007F and U+2028 are not escaped, control characters are',
    flags: ['Utf8'],
    requirements: ['card.signature'],
    input: { json: '{"a":"\\/\\u007f\\u2028\\u0000\\u001f\\b"}' },
  },
  {
    id: 'jcs-proto',
    comment: 'a member named __proto__ is a member like any other',
    flags: ['Prototype'],
    requirements: ['card.signature'],
    input: { json: '{"b":1,"__proto__":{"a":1}}' },
  },
  {
    id: 'jcs-duplicate',
    comment: 'a name twice: there is no canonical form',
    flags: ['DuplicateName'],
    requirements: ['conventions.json-duplicate-signed'],
    input: { json: '{"a":1,"a":2}' },
    reject: 'encoding',
  },
  {
    id: 'jcs-lone-surrogate',
    comment: 'half of a surrogate pair: there is no UTF-8 for it',
    flags: ['Utf8'],
    requirements: ['conventions.json-surrogate'],
    input: { json: '{"a":"\\ud83d"}' },
    reject: 'encoding',
  },
]
