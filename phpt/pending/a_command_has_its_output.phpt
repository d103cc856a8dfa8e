--TEST--
Command answers of both shapes have their output lines
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

foreach ([[], ['--old-command']] as $options) {
    $simulator = new Simulator(1, ...$options);
    $client = $simulator->ready()->default();
    $response = $client->call(new GenericAction('Command', ['Command' => 'core show help']));
    var_dump($response->status, count($response->output()), in_array('', $response->output(), true));
    var_dump($client->call(new GenericAction('Ping'))->output());
}
?>
--EXPECT--
string(7) "Success"
int(593)
bool(true)
array(0) {
}
string(7) "Follows"
int(593)
bool(true)
array(0) {
}
