--TEST--
A ServerConfig that cannot be used is refused by the name of the setting
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

$with = fn (array $changes) => refused(fn () => new ServerConfig(...array_merge(['key' => 'pbx1'], settings(), $changes)));
$with(['key' => '']);
$with(['key' => 'a:b']);
$with(['key' => 5]);
$with(['host' => '']);
$with(['host' => '10.0.0.256']);
$with(['host' => '10.0.0.1:5038']);
$with(['port' => 0]);
$with(['port' => 70000]);
$with(['port' => 'abc']);
$with(['port' => '5038']);
$with(['username' => '']);
$with(['username' => "a\r\nAction: Logoff"]);
$with(['username' => 7]);
$with(['username' => str_repeat('x', 1013)]);
$with(['secret' => '']);
$with(['secret' => "a\nb"]);
$with(['secret' => 12345]);
$with(['auth' => 'md4']);
$with(['events' => 'calls']);
$with(['events' => []]);
$with(['options' => 'fast']);
$with(['options' => ['conect_timeout' => 1]]);
$with(['options' => new ClientOptions(lazy: true)]);
$with(['options' => new \stdClass()]);

$from = fn (array $changes) => refused(fn () => ServerConfig::fromArray('pbx1', settings($changes)));
$from(['host' => null]);
$from(['password' => 'hunter2']);
$from(['ca_file' => '/ca.pem']);
$from(['tls' => ['verify' => 'pin']]);
$from(['tls' => ['fingerprint' => '00:11']]);
$from(['tls' => ['ca_file' => '/ca.pem', 'verify' => 'none']]);
$from(['tls' => ['passphrase' => 'hunter2']]);
$with(['tls' => 'yes']);
$with(['tls' => null]);
$with(['tls' => ['client_key' => "-----BEGIN PRIVATE KEY-----\nhunter2"]]);
$from(['read_timeout' => 5]);
refused(fn () => ServerConfig::fromArray('pbx1', 'x'));
refused(fn () => new ServerConfig('pbx1'));
?>
--EXPECTF--
key: "" is no server key; it must not be empty
  key 'key', value '', suggestion NULL
key: "a:b" is no server key; only printable ASCII without spaces and colons can be one
  key 'key', value 'a:b', suggestion NULL
key: 5 must be a string, int given
  key 'key', value 5, suggestion NULL
host: "" is empty; an IP address or a host name is needed
  key 'host', value '', suggestion NULL
host: "10.0.0.256" is no IP address
  key 'host', value '10.0.0.256', suggestion NULL
host: "10.0.0.1:5038" is no IP address; a port is given as "port"
  key 'host', value '10.0.0.1:5038', suggestion NULL
port: 0 is out of range (1 to 65535)
  key 'port', value 0, suggestion NULL
port: 70000 is out of range (1 to 65535)
  key 'port', value 70000, suggestion NULL
port: "abc" must be a whole number, string given
  key 'port', value 'abc', suggestion NULL
port: "5038" must be a whole number, string given
  key 'port', value '5038', suggestion NULL
username: "" is empty
  key 'username', value '', suggestion NULL
username: "a\r\nAction: Logoff" contains a carriage return, which would end the header that carries it
  key 'username', value 'a\r\nAction: Logoff', suggestion NULL
username: 7 must be a string, int given
  key 'username', value 7, suggestion NULL
username: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." has 1013 bytes, the limit is 1012
  key 'username', value '%s', suggestion NULL
secret: "***" is empty
  key 'secret', value '***', suggestion NULL
secret: "***" contains a line feed, which would end the header that carries it
  key 'secret', value '***', suggestion NULL
secret: "***" must be a string, int given
  key 'secret', value '***', suggestion NULL
auth: "md4" is no way to log in (auto, md5 or plain); did you mean "md5"?
  key 'auth', value 'md4', suggestion 'md5'
events: "calls" is no event class (on, off, or of system, call, log, verbose, command, agent, user, config, dtmf, reporting, cdr, dialplan, originate, agi, cc, aoc, test, security, message); did you mean "call"?
  key 'events', value 'calls', suggestion 'call'
events: an array of 0 names no event class; did you mean "off"?
  key 'events', value array, suggestion 'off'
options: "fast" must be an array of options by name, string given
  key 'options', value 'fast', suggestion NULL
option "options.conect_timeout" is unknown; did you mean "connect_timeout"?
  key 'options.conect_timeout', value 1, suggestion 'connect_timeout'
options.lazy: true cannot be set for one server; it holds for all servers of the process
  key 'options.lazy', value true, suggestion NULL
options: stdClass must be an array of options by name, stdClass given
  key 'options', value 'stdClass', suggestion NULL
host is required
  key 'host', value NULL, suggestion NULL
option "password" is unknown; did you mean "secret"?
  key 'password', value '***', suggestion 'secret'
option "ca_file" is unknown; did you mean "tls.ca_file"?
  key 'ca_file', value '***', suggestion 'tls.ca_file'
tls.fingerprint is required
  key 'tls.fingerprint', value NULL, suggestion NULL
tls.fingerprint: "00:11" is no fingerprint; it has 4 hexadecimal digits instead of 64
  key 'tls.fingerprint', value '00:11', suggestion NULL
tls.ca_file: "/ca.pem" is of no use where verify is "none"; leave it out, or set verify to "ca"
  key 'tls.ca_file', value '/ca.pem', suggestion NULL
option "tls.passphrase" is unknown
  key 'tls.passphrase', value '***', suggestion NULL
tls: "yes" must be true, false or an array of settings by name, string given
  key 'tls', value 'yes', suggestion NULL
tls: null must be true, false or an array of settings by name, null given
  key 'tls', value NULL, suggestion NULL
tls.client_key: "***" must be the path of a PEM file, not its content
  key 'tls.client_key', value '***', suggestion NULL
option "read_timeout" is unknown; did you mean "options.read_timeout"?
  key 'read_timeout', value 5, suggestion 'options.read_timeout'
config: "***" must be an array of values by name, string given
  key 'config', value '***', suggestion NULL
ArgumentCountError: %s
