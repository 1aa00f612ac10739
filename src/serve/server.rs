//! The server: takes connections, as many as are good for a preview, and has each answered on a
//! thread of its own.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{io, thread};

use crate::serve::channel::Channel;
use crate::serve::http::{Answer, Status};
use crate::serve::{answer, events, http};

/// The default port.
pub const DEFAULT_PORT: u16 = 4040;
/// How many ports from there on are tried.
const TRIED: u16 = 10;
/// How many connections there are at once.
const MOST: usize = 128;
/// How many of them may be pages that follow the saves.
const FOLLOWERS: usize = 64;
/// How long no connection is accepted after the system ran out of them.
const PAUSE: Duration = Duration::from_millis(50);

/// A server that has its port.
pub struct Server {
    listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Who is there.
#[derive(Default)]
struct Guests {
    all: AtomicUsize,
    followers: AtomicUsize,
}

impl Server {
    /// Takes a port: the one that is asked for, else the first free one from [`DEFAULT_PORT`] on.
    ///
    /// # Errors
    /// Says why the system does not give one.
    pub fn bind(ip: IpAddr, port: Option<u16>) -> io::Result<Server> {
        let ports = port.map_or(DEFAULT_PORT..=DEFAULT_PORT + TRIED - 1, |port| port..=port);
        let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
        for port in ports {
            match TcpListener::bind((ip, port)) {
                Ok(listener) => return Ok(Server { address: listener.local_addr()?, listener }),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => refused = error,
                Err(error) => return Err(error),
            }
        }
        Err(refused)
    }

    /// Answers from now on what `board` shows.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(self, board: Arc<Channel>) -> io::Result<()> {
        let guests = Arc::new(Guests::default());
        thread::Builder::new().name("server".into()).spawn(move || {
            for stream in self.listener.incoming() {
                let Ok(stream) = stream else {
                    thread::sleep(PAUSE);
                    continue;
                };
                let (board, guests) = (board.clone(), guests.clone());
                let Some(place) = Place::take(guests.clone(), |guests| &guests.all, MOST) else {
                    // A few bytes always fit into the buffer, so this never blocks.
                    let busy = Answer::plain(Status::Unavailable, "too many ask at once");
                    let _ = stream
                        .set_nonblocking(true)
                        .and_then(|()| http::write(&stream, &busy, true));
                    continue;
                };
                let _ = thread::Builder::new().name("answer".into()).spawn(move || {
                    // A client that disconnects early affects no other.
                    let _ = serve(&stream, &board, guests);
                    http::close(&stream);
                    drop(place);
                });
            }
        })?;
        Ok(())
    }
}

/// Reads a request and answers it.
fn serve(stream: &TcpStream, board: &Channel, guests: Arc<Guests>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let request = match http::read(stream)? {
        Ok(request) => request,
        Err(answer) => return http::write(stream, &answer, true),
    };
    if !answer::is_ours(&request.host) {
        let foreign = "ask for this server by its address in digits, or as localhost";
        return http::write(stream, &Answer::plain(Status::Forbidden, foreign), request.body);
    }
    if answer::is_events(&request) {
        return match Place::take(guests, |guests| &guests.followers, FOLLOWERS) {
            Some(_place) => events::follow(stream, board, &request.query),
            None => http::write(
                stream,
                &Answer::plain(Status::Unavailable, "too many pages follow"),
                request.body,
            ),
        };
    }
    let shown = board.shown();
    http::write(stream, &answer::answer(&request, &shown), request.body)
}

/// A place among the guests; free again when the value goes.
struct Place {
    guests: Arc<Guests>,
    count: fn(&Guests) -> &AtomicUsize,
}

impl Place {
    fn take(guests: Arc<Guests>, count: fn(&Guests) -> &AtomicUsize, most: usize) -> Option<Place> {
        let place = Place { guests, count };
        // The place that is counted too much goes with the value.
        let taken = count(&place.guests).fetch_add(1, Ordering::Relaxed);
        (taken < most).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        (self.count)(&self.guests).fetch_sub(1, Ordering::Relaxed);
    }
}
