--TEST--
A forked child gets no stream and cannot select on its parent's, and the parent's goes on
--EXTENSIONS--
apn_ami
pcntl
posix
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';
require __DIR__ . '/helper.inc';

$simulator = new Simulator();
$manager = $simulator->ready();
$stream = $manager->stream();
$client = $manager->default();
$child = pcntl_fork();
if ($child === 0) {
    thrown(fn () => $manager->stream());
    set_error_handler(function (int $level, string $message) { echo $message, "\n"; return true; });
    $read = [$stream];
    $none = null;
    try {
        var_dump(stream_select($read, $none, $none, 0));
    } catch (\ValueError $error) {
        echo $error->getMessage(), "\n";
    }
    $client->asteriskVersion();
    fclose($stream);
    $own = $simulator->manager();
    $own->connectAll();
    drive($own, fn () => $own->default()->state() === ConnectionState::Ready);
    echo $own->default()->state()->name, "\n";
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wexitstatus($status));
$manager->pollAll();
$pending = $client->send(new GenericAction('Ping'));
drive($manager, $pending->isComplete(...));
echo $pending->response()->get('Ping'), "\n";
?>
--EXPECT--
ForkedProcessException: this client belongs to process PID; a forked process has to make its own
stream_select(): Cannot represent a stream of type apn_ami as a select()able descriptor
No stream arrays were passed
Ready
int(0)
Pong
