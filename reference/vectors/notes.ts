/** What a flag means, and what the bug behind it costs. */
export interface Note {
  readonly description: string
  readonly effect: string
}

/** Every flag that a vector of this project carries. */
export const notes = {
  Rfc: {
    description: 'The values stand in an RFC; the source of the group says in which.',
    effect:
      'A primitive that is wrong makes everything above it wrong, and two agents with the same fault do not notice.',
  },
  Recorded: {
    description: 'The values were recorded from the deployed SAGE Go core v1.5.2.',
    effect: 'An agent that differs does not complete a handshake with a deployed one.',
  },
  Honest: {
    description: 'Nothing is special about the input.',
    effect: 'An agent that differs understands no other.',
  },
  Border: {
    description: 'The value equals its limit, or is the nearest one beyond it.',
    effect: 'Two agents disagree about one value in a million, and fail where nobody can reproduce it.',
  },
  BlockBoundary: {
    description: 'A length at or around a multiple of the block or the hash of the primitive.',
    effect: 'Keys beyond the first block are wrong, or all zero.',
  },
  NonCanonical: {
    description: 'A second encoding of a value that has one canonical encoding.',
    effect: 'Bytes that nobody signed can be changed; two messages mean the same, and one of them is taken for new.',
  },
  Alphabet: {
    description: 'A character that the form does not have.',
    effect: 'A name can hold the separators of the handshake strings, or of a log, a path, a header.',
  },
  Padding: {
    description: 'Padding is missing, excess, or where there ought to be none.',
    effect: 'Two encodings of one value, and agents that cannot read each other.',
  },
  Calendar: {
    description: 'A date or a time of day that does not exist.',
    effect: 'Libraries roll it over to another instant, each to its own.',
  },
  TimeForm: {
    description: 'An instant in another form than the one of the specification.',
    effect: 'Local time is taken for UTC, and freshness is off by hours.',
  },
  Precision: {
    description: 'The fraction has more digits than a double or a millisecond clock keeps.',
    effect: 'Limits are off by up to a millisecond; a signed time does not come back as it was.',
  },
  Utf8: {
    description: 'Bytes that are no UTF-8, or half of a surrogate pair.',
    effect: 'Two readers see two texts behind one signature.',
  },
  DuplicateName: {
    description: 'An object names a member twice.',
    effect: 'One reader takes the first value, another the last, and the signature is good for both.',
  },
  Prototype: {
    description: 'A member whose name means something to the language.',
    effect: 'A peer sets properties that the program did not read from the message.',
  },
  JsonForm: {
    description: 'A text that is close to JSON, or JSON other than one object.',
    effect: 'Lenient readers accept what strict ones refuse, and disagree about its meaning.',
  },
  JsonNumber: {
    description: 'A number that is not written as an integer, or that a double cannot hold.',
    effect: 'Two readers see two values.',
  },
  Depth: {
    description: 'Objects and arrays nest to the limit, or beyond it.',
    effect: 'A small message exhausts the stack of the reader.',
  },
  SmallOrder: {
    description: 'A public key of small order.',
    effect:
      'A Diffie-Hellman result is the same for every private key; one Ed25519 signature passes for every message. Anybody is anybody.',
  },
  HighBit: {
    description: 'Bit 255 of an X25519 public key is set, or its coordinate is not below p.',
    effect: 'Agents disagree about the shared secret, or about the hash of the transcript.',
  },
  ForgedSignature: {
    description: 'A signature that does not verify, or not by the strict rules.',
    effect: 'Anybody can speak for anybody, or a signature can be changed into another one that passes.',
  },
  WrongKey: {
    description: 'The right form, made with a key that is not the one to use.',
    effect: 'The identity that was proved is not the one that was named.',
  },
  Freshness: {
    description: 'A time that is too far from the clock.',
    effect: 'Old messages and superseded cards are good for ever.',
  },
  Replayed: {
    description: 'A record that has been accepted before.',
    effect: 'A request is carried out twice.',
  },
  Mismatch: {
    description: 'A value differs from the one that was sent, or from the one that is computed.',
    effect: 'Messages can be moved from one handshake to another, or between two that run at once.',
  },
  Schema: {
    description: 'A member is missing, unknown, null, or of the wrong form.',
    effect: 'Agents fill the gap each in their own way.',
  },
  MemberOrder: {
    description: 'The same members in another order, or otherwise written.',
    effect: 'Agents whose JSON library writes in another order cannot talk to each other.',
  },
  Identifier: {
    description: 'Names of unusual length or kind.',
    effect: 'Lengths or comparisons go wrong for the agents that have such names.',
  },
  NearMiss: {
    description: 'Values that named mistakes would make stand beside the true one.',
    effect: 'The mistake works between two agents that share it and with nobody else.',
  },
  DegenerateKey: {
    description: 'Key material of a single repeated bit or byte.',
    effect: 'Special cases of zero, empty and sign are hidden by random keys.',
  },
  Tampered: {
    description: 'An honest value with something changed on the way.',
    effect: 'Somebody on the path changes what was said.',
  },
  WrongDirection: {
    description: 'A record sealed with the key of the other direction.',
    effect: 'What an agent said can be sent back to it.',
  },
  Length: {
    description: 'Shorter or longer than the form allows.',
    effect: 'A reader runs past the end, or reads a header for a body.',
  },
  BigSequence: {
    description: 'A sequence number that a double or a signed 32- or 64-bit integer does not hold.',
    effect: 'Sequence numbers are confused with each other, or become negative, and the window lets them in.',
  },
  Window: {
    description: 'A sequence number at an edge of the receive window, or one that shares a place in it with another.',
    effect: 'A replay is accepted, or an honest record is refused.',
  },
  ForgedFarAhead: {
    description: 'A forged record with a high sequence number.',
    effect: 'A window that moves before the tag is checked can be pushed away by anybody.',
  },
  Reordered: {
    description: 'Records come out of order, or with gaps.',
    effect: 'Requests are lost whenever two of them overtake each other.',
  },
  AadField: {
    description: 'One member of the envelope differs from the others of its kind.',
    effect: 'A member that is not bound can be changed by anybody on the path.',
  },
  MultiByte: {
    description: 'A length that needs both of its bytes.',
    effect: 'Lengths that are cut to a byte make two envelopes with the same additional data.',
  },
  MetadataOrder: {
    description: 'Metadata whose order as written is not the order of the names.',
    effect: 'The order in which an object is built decides whether its record opens.',
  },
  EmptyOrAbsent: {
    description: 'A member that is empty, or absent where that means the same.',
    effect: 'Agents that write one where the other is meant do not understand each other.',
  },
  Chained: {
    description: 'One of the steps of a whole exchange, whose values go into the next.',
    effect: 'Parts that are right one by one do not fit together.',
  },
  Capability: {
    description: 'A rule about the capabilities that a card declares.',
    effect: 'An initiator uses what is not there, or refuses an agent that is newer than itself.',
  },
  OtherMaker: {
    description: 'A member that another implementation made; the source of the group says which.',
    effect: 'Agents refuse what common libraries write.',
  },
  UnusualMember: {
    description: 'A member of a form that RFC 1952 has and few libraries write.',
    effect: 'Agents whose libraries differ cannot read each other.',
  },
  NotOneMember: {
    description: 'Bytes that are close to a member of RFC 1952, or compressed in another way.',
    effect: 'Lenient readers see a plaintext where strict ones see none.',
  },
  Trailing: {
    description: 'More bytes than those of one member.',
    effect: 'Two readers see two plaintexts in one record: one stops at the first member, another goes on.',
  },
  Bomb: {
    description: 'A small member that inflates to far more than there may be.',
    effect: 'A small record exhausts the memory of its receiver.',
  },
} as const satisfies Record<string, Note>

/** Name of a flag. */
export type Flag = keyof typeof notes
