package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON by the rules of conventions.md, which encoding/json does not keep by itself. For what is ours: session messages and
// cards. The core's messages are read by the core.

const maxDepth = 16

var (
	errJSON     = errors.New("not the JSON that SAGE asks for")
	integerForm = regexp.MustCompile(`^-?[0-9]+$`)
)

// parseStrict holds a text against conventions.json-utf8, -surrogate, -depth, -integer and -duplicate.
func parseStrict(text []byte) error {
	if !utf8.Valid(text) || hasLoneSurrogate(text) {
		return errJSON
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	first, err := decoder.Token()
	if err != nil || first != json.Delim('{') || walk(decoder, '{', 1) != nil {
		return errJSON
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errJSON
	}
	return nil
}

// walk reads to the end of the object or array that has just been opened.
func walk(decoder *json.Decoder, open json.Delim, depth int) error {
	if depth > maxDepth {
		return errJSON
	}
	names := map[string]bool{}
	for isName := open == '{'; decoder.More(); {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		if isName {
			name := token.(string)
			if names[name] {
				return errJSON
			}
			names[name] = true
			isName = false
			continue
		}
		isName = open == '{'
		switch value := token.(type) {
		case json.Delim:
			if err := walk(decoder, value, depth+1); err != nil {
				return err
			}
		case json.Number:
			if !integerForm.MatchString(value.String()) {
				return errJSON
			}
		}
	}
	_, err := decoder.Token()
	return err
}

var escape = regexp.MustCompile(`\\(?:u[0-9A-Fa-f]{4}|[^u])`)

// hasLoneSurrogate looks at the escapes: in UTF-8 itself there are no surrogates.
func hasLoneSurrogate(text []byte) bool {
	var high, end = false, -1
	for _, at := range escape.FindAllIndex(text, -1) {
		unit, isUnit := unitOf(text[at[0]:at[1]])
		isHigh := isUnit && unit < 0xdc00 && utf16.IsSurrogate(unit)
		isLow := isUnit && unit >= 0xdc00 && utf16.IsSurrogate(unit)
		if high && (at[0] != end || !isLow) || !high && isLow {
			return true
		}
		high, end = isHigh, at[1]
	}
	return high
}

func unitOf(escaped []byte) (rune, bool) {
	if escaped[1] != 'u' {
		return 0, false
	}
	unit := rune(0)
	for _, digit := range strings.ToLower(string(escaped[2:])) {
		unit = unit<<4 | rune(strings.IndexRune("0123456789abcdef", digit))
	}
	return unit, true
}

// parseClosed reads text into the struct at `to`. Each member has the exact name of a field, is not null, and is there
// unless the field may be omitted; the same holds in the objects inside.
func parseClosed(text []byte, to any) error {
	if err := parseStrict(text); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		return err
	}
	return checkMembers(text, reflect.TypeOf(to).Elem())
}

func checkMembers(text []byte, shape reflect.Type) error {
	if shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	members := map[string]json.RawMessage{}
	isObject := shape.Kind() == reflect.Struct || shape.Kind() == reflect.Map
	if string(text) == "null" || isObject && json.Unmarshal(text, &members) != nil {
		return errSchema
	}
	if shape.Kind() == reflect.Map {
		for _, value := range members {
			if err := checkMembers(value, shape.Elem()); err != nil {
				return err
			}
		}
	}
	if shape.Kind() != reflect.Struct {
		return nil
	}
	for index := range shape.NumField() {
		name, options, _ := strings.Cut(shape.Field(index).Tag.Get("json"), ",")
		value, isThere := members[name]
		if !isThere && options == "" {
			return errSchema
		}
		if isThere {
			if err := checkMembers(value, shape.Field(index).Type); err != nil {
				return err
			}
		}
		delete(members, name)
	}
	// encoding/json takes a name in other letters, large and small, for the field's.
	if len(members) > 0 {
		return errSchema
	}
	return nil
}
