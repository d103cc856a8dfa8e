--TEST--
A GenericAction that Asterisk would read otherwise is refused when it is made
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/../config/helper.inc';

foreach (['', " \t", "Ping\r\nAction: Logoff", 5, null, str_repeat('x', 1100)] as $name) {
    refused(fn () => new GenericAction($name));
}
$headers = [
    ['X' => "a\nInjected: yes"], ['X' => "a\rb"], ['X' => "a\0b"], ["X\nY" => 'z'], ['Secret' => "hunter2\n"], ['Variable' => ['ok=1', "pin=1234\n"]],
    ['' => 'x'], ['X: y' => 'z'], [' X' => 'y'], ['Action' => 'Logoff'], ['actionid' => '1'], ['Channel: PJSIP/1'],
    ['X' => str_repeat('v', 1020)], ['X' => array_fill(0, 127, 'v')],
    ['X' => NAN], ['X' => INF], ['X' => new \stdClass()], ['X' => ['a' => 1]], ['X' => [1 => 'a']], ['X' => [['nested']]], ['X' => STDIN],
    'X: y', null,
];
foreach ($headers as $given) {
    refused(fn () => new GenericAction('Ping', $given));
}
foreach ([new \stdClass(), 'SingleResponse', new GenericAction('Ping')] as $strategy) {
    refused(fn () => new GenericAction('Ping', [], $strategy));
}
refused(fn () => new GenericAction());
refused(fn () => new GenericAction('Ping', [], null, 1));
echo strlen((new GenericAction('Ping', ['X' => str_repeat('v', 1019)]))->headers()['X']), ' bytes and ',
    count((new GenericAction('Ping', ['X' => array_fill(0, 126, 'v')]))->headers()['X']), " headers fit\n";
?>
--EXPECT--
the action cannot be sent: an action needs a name
  key 'name', value '', suggestion NULL
the action cannot be sent: an action needs a name
  key 'name', value '', suggestion NULL
the action cannot be sent: byte 0x0d in header "Action" (value "Ping\r\nAction: Logoff")
  key 'name', value 'Ping\r\nAction: Logoff', suggestion NULL
name: 5 must be a string, int given
  key 'name', value 5, suggestion NULL
name: null must be a string, null given
  key 'name', value NULL, suggestion NULL
the action cannot be sent: header "Action" makes a line of 1110 bytes, 1024 are allowed
  key 'name', value NULL, suggestion NULL
the action cannot be sent: byte 0x0a in header "X" (value "a\nInjected: yes")
  key 'X', value 'a\nInjected: yes', suggestion NULL
the action cannot be sent: byte 0x0d in header "X" (value "a\rb")
  key 'X', value 'a\rb', suggestion NULL
the action cannot be sent: byte 0x00 in header "X" (value "a\0b")
  key 'X', value 'a\000b', suggestion NULL
the action cannot be sent: byte 0x0a in header "X\nY" (value "")
  key 'X\nY', value '', suggestion NULL
the action cannot be sent: byte 0x0a in header "Secret" (value "***")
  key 'Secret', value '***', suggestion NULL
the action cannot be sent: byte 0x0a in header "Variable" (value "***")
  key 'Variable', value '***', suggestion NULL
the action cannot be sent: bad header name ""
  key '', value NULL, suggestion NULL
the action cannot be sent: bad header name "X: y"
  key 'X: y', value NULL, suggestion NULL
the action cannot be sent: bad header name " X"
  key ' X', value NULL, suggestion NULL
the action cannot be sent: header "Action" is set by the client
  key 'Action', value NULL, suggestion NULL
the action cannot be sent: header "actionid" is set by the client
  key 'actionid', value NULL, suggestion NULL
headers: string stands at place 0 without a header's name as its key
  key 'headers', value 'string', suggestion NULL
the action cannot be sent: header "X" makes a line of 1025 bytes, 1024 are allowed
  key 'X', value NULL, suggestion NULL
the action cannot be sent: 129 headers with Action and ActionID, 128 are allowed
  key 'headers', value 129, suggestion NULL
X: float is neither a string, a finite number, a boolean, a Stringable, null nor a list of these
  key 'X', value 'float', suggestion NULL
X: float is neither a string, a finite number, a boolean, a Stringable, null nor a list of these
  key 'X', value 'float', suggestion NULL
X: stdClass is neither a string, a finite number, a boolean, a Stringable, null nor a list of these
  key 'X', value 'stdClass', suggestion NULL
X: array is no list
  key 'X', value 'array', suggestion NULL
X: array is no list
  key 'X', value 'array', suggestion NULL
X: array is neither a string, a finite number, a boolean, a Stringable, null nor a list of these
  key 'X', value 'array', suggestion NULL
X: resource is neither a string, a finite number, a boolean, a Stringable, null nor a list of these
  key 'X', value 'resource', suggestion NULL
headers: string is no array of headers by name
  key 'headers', value 'string', suggestion NULL
headers: null is no array of headers by name
  key 'headers', value 'null', suggestion NULL
completionStrategy: stdClass is neither a CompletionStrategy nor null
  key 'completionStrategy', value 'stdClass', suggestion NULL
completionStrategy: string is neither a CompletionStrategy nor null
  key 'completionStrategy', value 'string', suggestion NULL
completionStrategy: Apn\AmiClient\GenericAction is neither a CompletionStrategy nor null
  key 'completionStrategy', value 'Apn\AmiClient\GenericAction', suggestion NULL
ArgumentCountError: Apn\AmiClient\GenericAction::__construct() expects at least 1 argument, 0 given
ArgumentCountError: Apn\AmiClient\GenericAction::__construct() expects at most 3 arguments, 4 given
1019 bytes and 126 headers fit
