import ArgumentParser
import AsyncHTTPClient
import Hummingbird
import Subprocess
import Crypto
import GRDB
@main struct Coveyd: ParsableCommand { }
