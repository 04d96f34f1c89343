//! HTTP/1.1, one thread a connection, over `httparse`.
//!
//! The common server libraries hide what SAGE asks about: hyper drops `Content-Length` when there
//! is a `Transfer-Encoding`, and then nobody can answer 400 (http.length-beside-chunked).

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

const MAX_CONNECTIONS: usize = 1024;
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 100;
/// The longest line between two chunks, and the most bytes of all trailers.
const MAX_CHUNK_LINE: usize = 1024;
/// For the first byte of a request on a connection that is kept.
const IDLE: Duration = Duration::from_secs(60);
/// For the whole of a request from its first byte on (http.slow-sender), and for a response.
const WHOLE: Duration = Duration::from_secs(30);
/// How long and how far a body that nobody wants is read, so that the response gets through.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 64 << 20;

/// What of a request comes before its body.
pub struct Head {
    pub method: String,
    /// The authority of a target in absolute form.
    pub authority: Option<String>,
    pub path: String,
    pub query: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    is_http_11: bool,
}

impl Head {
    /// The values of a header, in the order in which they came.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| &value[..])
    }

    fn has_token(&self, name: &str, token: &str) -> bool {
        self.values(name)
            .flat_map(|value| value.split(|&b| b == b','))
            .any(|found| found.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    }
}

pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Response {
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub trait Handler: Send + Sync + 'static {
    /// Judges a request before its body is read. An error is the answer.
    fn judge(&self, head: &Head) -> Result<(), Response>;
    fn max_body(&self) -> usize;
    fn too_large(&self) -> Response;
    fn overloaded(&self) -> Response;
    fn answer(&self, head: &Head, body: &[u8]) -> Response;
}

pub fn serve(listener: &TcpListener, handler: &Arc<impl Handler>) {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let Ok((stream, _)) = listener.accept() else {
            // Out of descriptors, most likely: some will be closed.
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        let count = Opened::new(&open);
        if open.load(Ordering::Relaxed) > MAX_CONNECTIONS {
            let _ = Connection::new(stream).write(&handler.overloaded(), false, true);
            continue;
        }
        let handler = Arc::clone(handler);
        // A thread that cannot be had drops the connection.
        let _ = std::thread::Builder::new().spawn(move || {
            let _count = count;
            let _ = Connection::new(stream).run(&*handler);
        });
    }
}

struct Opened(Arc<AtomicUsize>);

impl Opened {
    fn new(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(open))
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Framing {
    Length(u64),
    Chunked,
}

/// Why a request is not read to its end.
enum Unread {
    /// It is not HTTP, or not HTTP that has one reading: 400.
    Bad,
    TooLarge,
    Lost,
}

impl From<io::Error> for Unread {
    fn from(_: io::Error) -> Self {
        Self::Lost
    }
}

struct Connection {
    stream: TcpStream,
    /// What was read and not yet used.
    buffer: Vec<u8>,
    deadline: Instant,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::new(), deadline: Instant::now() + IDLE }
    }

    fn run(mut self, handler: &impl Handler) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        loop {
            let head = match self.head() {
                Ok(head) => head,
                Err(Unread::Lost) => return Ok(()),
                Err(_) => return self.refuse(&Response::empty(400), false),
            };
            let is_head = head.method == "HEAD";
            let Ok(framing) = framing(&head) else {
                return self.refuse(&Response::empty(400), is_head);
            };
            let has_body = !matches!(framing, Framing::Length(0));
            if let Err(response) = handler.judge(&head) {
                if has_body {
                    return self.refuse(&response, is_head);
                }
                let close = !stays(&head);
                self.write(&response, is_head, close)?;
                if close {
                    return Ok(());
                }
                continue;
            }
            let body = match self.body(&head, framing, handler.max_body()) {
                Ok(body) => body,
                Err(Unread::TooLarge) => return self.refuse(&handler.too_large(), is_head),
                Err(Unread::Bad) => return self.refuse(&Response::empty(400), is_head),
                Err(Unread::Lost) => return Ok(()),
            };
            let close = !stays(&head);
            self.write(&handler.answer(&head, &body), is_head, close)?;
            if close {
                return Ok(());
            }
        }
    }

    /// Reads what there is, and fails at the end of the stream or of the time.
    fn fill(&mut self) -> io::Result<()> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut bytes = [0; 16 * 1024];
        let read = self.stream.read(&mut bytes)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(&bytes[..read]);
        Ok(())
    }

    fn head(&mut self) -> Result<Head, Unread> {
        if self.buffer.is_empty() {
            self.deadline = Instant::now() + IDLE;
            self.fill()?;
        }
        self.deadline = Instant::now() + WHOLE;
        loop {
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut request = httparse::Request::new(&mut headers);
            match request.parse(&self.buffer) {
                Ok(httparse::Status::Complete(length)) => {
                    let head = read_head(&request)?;
                    self.buffer.drain(..length);
                    return Ok(head);
                }
                Ok(httparse::Status::Partial) if self.buffer.len() < MAX_HEAD => self.fill()?,
                _ => return Err(Unread::Bad),
            }
        }
    }

    fn body(&mut self, head: &Head, framing: Framing, max: usize) -> Result<Vec<u8>, Unread> {
        if matches!(framing, Framing::Length(length) if length > max as u64) {
            return Err(Unread::TooLarge);
        }
        let awaited = !matches!(framing, Framing::Length(0)) && self.buffer.is_empty();
        if awaited && head.is_http_11 && head.has_token("Expect", "100-continue") {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        match framing {
            Framing::Length(length) => self.take(length as usize),
            Framing::Chunked => self.chunks(max),
        }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, Unread> {
        while self.buffer.len() < length {
            self.fill()?;
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    fn chunks(&mut self, max: usize) -> Result<Vec<u8>, Unread> {
        let mut body = Vec::new();
        loop {
            let size = loop {
                match httparse::parse_chunk_size(&self.buffer) {
                    Ok(httparse::Status::Complete((used, size))) => {
                        self.buffer.drain(..used);
                        break size;
                    }
                    Ok(httparse::Status::Partial) if self.buffer.len() < MAX_CHUNK_LINE => self.fill()?,
                    _ => return Err(Unread::Bad),
                }
            };
            if size > (max - body.len()) as u64 {
                return Err(Unread::TooLarge);
            }
            if size == 0 {
                self.trailers()?;
                return Ok(body);
            }
            body.extend(self.take(size as usize)?);
            if self.take(2)? != b"\r\n" {
                return Err(Unread::Bad);
            }
        }
    }

    /// Trailers mean nothing here.
    fn trailers(&mut self) -> Result<(), Unread> {
        let mut read = 0;
        loop {
            match self.buffer.windows(2).position(|two| two == b"\r\n") {
                Some(end) => {
                    self.buffer.drain(..end + 2);
                    read += end + 2;
                    if end == 0 {
                        return Ok(());
                    }
                }
                None => self.fill()?,
            }
            if read + self.buffer.len().min(MAX_CHUNK_LINE) > MAX_CHUNK_LINE {
                return Err(Unread::Bad);
            }
        }
    }

    fn write(&mut self, response: &Response, is_head: bool, close: bool) -> io::Result<()> {
        let date = httpdate::fmt_http_date(SystemTime::now());
        let mut text = format!("HTTP/1.1 {} {}\r\nDate: {date}\r\n", response.status, reason(response.status));
        for (name, value) in &response.headers {
            text += &format!("{name}: {value}\r\n");
        }
        if close {
            text += "Connection: close\r\n";
        }
        text += &format!("Content-Length: {}\r\n\r\n", response.body.len());
        if !is_head {
            text += &response.body;
        }
        self.stream.set_write_timeout(Some(WHOLE))?;
        self.stream.write_all(text.as_bytes())
    }

    /// Answers a request that is not read to its end, and closes. A close with bytes unread would
    /// reset the connection, and the peer might never see the response.
    fn refuse(mut self, response: &Response, is_head: bool) -> io::Result<()> {
        self.write(response, is_head, true)?;
        self.stream.shutdown(Shutdown::Write)?;
        self.deadline = Instant::now() + LINGER;
        let mut read = 0;
        while read < LINGER_BYTES {
            self.buffer.clear();
            self.fill()?;
            read += self.buffer.len();
        }
        Ok(())
    }
}

fn read_head(request: &httparse::Request) -> Result<Head, Unread> {
    let target = request.path.unwrap_or_default();
    let (authority, target) = match target.strip_prefix("http://") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
            (Some(authority.to_owned()), path)
        }
        None => (None, target),
    };
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    };
    Ok(Head {
        method: request.method.unwrap_or_default().to_owned(),
        authority,
        path: path.to_owned(),
        query,
        headers: request
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), header.value.trim_ascii().to_owned()))
            .collect(),
        is_http_11: request.version == Some(1),
    })
}

/// Where the body ends, if that has exactly one reading.
fn framing(head: &Head) -> Result<Framing, Unread> {
    let mut lengths = head.values("Content-Length");
    let length = lengths.next();
    let mut codings = head.values("Transfer-Encoding");
    match (length, codings.next()) {
        (None, None) => Ok(Framing::Length(0)),
        (Some(length), None) => {
            let text = std::str::from_utf8(length).map_err(|_| Unread::Bad)?;
            let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if !is_number || lengths.any(|other| other != length) {
                return Err(Unread::Bad);
            }
            // A number that is too large for this type is too large for everybody.
            Ok(Framing::Length(text.parse().unwrap_or(u64::MAX)))
        }
        (None, Some(coding))
            if coding.eq_ignore_ascii_case(b"chunked") && codings.next().is_none() && head.is_http_11 =>
        {
            Ok(Framing::Chunked)
        }
        _ => Err(Unread::Bad),
    }
}

fn stays(head: &Head) -> bool {
    head.is_http_11 && !head.has_token("Connection", "close")
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        503 => "Service Unavailable",
        _ => "",
    }
}
