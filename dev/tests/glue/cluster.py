"""Several servers behind one address, as the job queue finds them in a cluster."""

import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import requests

from ..processes import this_odoo
from ..server import PATIENCE, Server, free_port


class Balancer(ThreadingHTTPServer):
    """Hands each request to a server that has none, so that all of them are at work.

    :ivar free: these servers; none until all are there, since the first of them asks for jobs to
        be run before the others are
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", free_port()), Handler)
        self.free = SimpleQueue()

    def answer(self, path, headers):
        while True:
            server = self.free.get(timeout=PATIENCE)
            with suppress(requests.ConnectionError):
                url = f"{server.url}{path}"
                status = requests.get(url, headers=headers, timeout=PATIENCE).status_code
                self.free.put(server)
                return status
            # it is gone, and does not come back


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status = self.server.answer(self.path, self.headers)
        try:
            self.send_response(status)
            self.end_headers()
        except OSError:
            # the runner of jobs does not wait for answers
            self.close_connection = True

    def log_message(self, *_args):
        """Keep what was asked for to itself."""


@contextmanager
def cluster(database, folder, count):
    """Servers that each have a job runner, one of which hands out the jobs of all → the servers."""
    this = this_odoo()
    with Balancer() as balancer:
        threading.Thread(target=balancer.serve_forever, daemon=True).start()
        environment = {
            **this.environment,
            "ODOO_QUEUE_JOB_CHANNELS": "root:2",
            "ODOO_QUEUE_JOB_PORT": str(balancer.server_port),
        }
        odoo_ = replace(this, environment=environment)
        words = ["--load", "base,rpc,web,queue_job"]
        servers = []
        with ExitStack() as stack:
            stack.callback(balancer.shutdown)
            for number in range(count):
                folder_of_one = folder / str(number)
                folder_of_one.mkdir()
                server = Server(odoo_, database, folder_of_one, words=words)
                servers.append(stack.enter_context(server))
            for server in servers:
                balancer.free.put(server)
            yield servers
