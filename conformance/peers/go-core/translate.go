package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// What --translate-errors makes of the core's refusals, so that the suite can look behind them: what the core refuses and
// what it accepts stays as it is, and only the words change. Ours, all of it.

// errorsOf says for which error of errors.md a text of the core's begins. Every other text is authentication_failed.
var errorsOf = []struct{ begins, code string }{
	{"invalid JSON", "malformed"},
	{"message ID is required", "malformed"},
	{"DID is required", "malformed"},
	{"payload is required", "malformed"},
	{"parse payload", "malformed"},
	{"unsupported task", "task_unsupported"},
	{"Method not allowed", "method_not_allowed"},
}

// translated puts an answer of the core's HTTP server to something else than a session message into the words of 1.0.
func translated(core *heldAnswer) *framed {
	var said struct {
		response
		Data json.RawMessage `json:"data"`
	}
	text := core.body.String()
	if json.Unmarshal(core.body.Bytes(), &said) == nil {
		if said.Success {
			said.response.Data = strings.Trim(string(said.Data), `"`)
			return &framed{core.status, said.response}
		}
		text = said.Error
	}
	code := "authentication_failed"
	for _, known := range errorsOf {
		if strings.HasPrefix(text, known.begins) {
			code = known.code
		}
	}
	if code == "method_not_allowed" {
		core.Header().Set("Allow", http.MethodPost)
		core.Header().Del("X-Content-Type-Options")
	}
	if !tokenForm.MatchString(said.MessageID) {
		said.MessageID = ""
	}
	return plainError(code, said.MessageID)
}
