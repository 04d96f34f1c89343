// Command go-core is the deployed SAGE Go core v1.5.2 inside a thin program that frames session messages as SAGE 1.0
// says, so that the conformance suite can judge the core. README.md says what is the core's and what is ours.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "go-core:", err)
		os.Exit(1)
	}
}

func run() error {
	port := flag.Int("port", 0, "serve on this port of 127.0.0.1; 0 is any")
	translate := flag.Bool("translate-errors", false, "put the core's refusals of handshakes into the errors of SAGE 1.0")
	webSocket := flag.Bool("websocket", false, "serve the core's WebSocket server too, and declare it in the card")
	client := flag.Bool("client", false, "be an initiator, told what to do by SAGE_URL and the other variables of run-client")
	connect := flag.String("connect", "", "be an initiator: shake hands with the responder at this URL, and ping it")
	did := flag.String("did", "", "with --connect: the DID that is expected there")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch {
	case *client:
		return runClient(ctx)
	case *connect != "":
		return ask(ctx, errand{url: *connect, did: *did, task: pingTask, payload: "hello", times: 1})
	default:
		return serve(ctx, *port, *translate, *webSocket)
	}
}

// serve answers until ctx is done. The first line of standard output is its URL, the second its DID.
func serve(ctx context.Context, port int, translate, webSocket bool) error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	origin := "http://" + listener.Addr().String()
	responder, err := newResponder(origin, translate, webSocket)
	if err != nil {
		return err
	}
	// The core leaves listening, and how long it waits for a request, to the program around it.
	server := &http.Server{Handler: responder.routes(), ReadTimeout: 30 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Printf("%s\n%s\n", origin, responder.identity.did)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
