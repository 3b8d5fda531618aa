#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "stepconf/net/loop.h"

// Private to net/: the only header that shows Asio, to be included from .cpp files of this folder.

namespace stepconf::net {

struct Loop::Context {
  // One thread: the hint lets Asio leave out locks.
  boost::asio::io_context io{1};
};

/// Sockets with the concrete executor, which is faster than Asio's type-erased default.
using Executor = boost::asio::io_context::executor_type;
using Protocol = boost::asio::ip::tcp;
using Socket = boost::asio::basic_stream_socket<Protocol, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<Protocol, Executor>;

/// Keeps child processes from inheriting `descriptor`, which Asio does not see to.
void close_on_exec(int descriptor);

}  // namespace stepconf::net
