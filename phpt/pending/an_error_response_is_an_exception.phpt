--TEST--
Response: Error becomes an exception that has the response
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

$simulator = new Simulator();
$client = $simulator->ready()->default();
$error = thrown(fn () => $client->call(new GenericAction('NoSuchAction')));
var_dump($error->response()->status, $error->response()->isSuccess(), $error->response()->message(), $error->serverKey(), $error->actionName(), $error->actionId() === $error->response()->actionId());
$pending = $client->send(new GenericAction('Originate', ['Channel' => '']));
$pending->onComplete(function (?\Throwable $error, ?AmiResponse $response, array $events) { var_dump($error::class, $response?->status, $events); });
$again = thrown(fn () => $pending->await());
var_dump($again === $pending->error(), $pending->response()?->status, $again->getPrevious());
// Its Message is only that the output follows.
thrown(fn () => $client->call(new GenericAction('Command', ['Command' => 'core show nosuch'])));
?>
--EXPECT--
ActionErrorResponseException: NoSuchAction on "pbx1": Invalid/unknown command: NoSuchAction. Use Action: ListCommands to show available commands.
string(5) "Error"
bool(false)
string(91) "Invalid/unknown command: NoSuchAction. Use Action: ListCommands to show available commands."
string(4) "pbx1"
string(12) "NoSuchAction"
bool(true)
string(42) "Apn\AmiClient\ActionErrorResponseException"
string(5) "Error"
array(0) {
}
ActionErrorResponseException: Originate on "pbx1": Channel not specified
bool(true)
string(5) "Error"
NULL
ActionErrorResponseException: Command on "pbx1": No such command 'core show nosuch' (type 'core show help core show' for other possible commands)
