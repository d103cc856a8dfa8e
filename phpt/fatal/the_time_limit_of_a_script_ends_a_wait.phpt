--TEST--
The time limit of a script ends it while call() waits, and its shutdown functions find the client usable
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
if (PHP_ZTS) {
    echo 'skip the limit is another timer there';
}
if (PHP_DEBUG) {
    echo 'skip a debug build of PHP insists on a response even from a call() that the end of the script interrupts';
}
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

$began = hrtime(true);
// The signal of the timer that counts the processor's time, of which a wait takes next to none.
$status = script(<<<'PHP'
$simulator->tell('pbx1 fault mute action=CoreStatus');
register_shutdown_function(function () use ($manager, $simulator) {
    echo $manager->default()->call(new GenericAction('Ping'))->get('Ping'), "\n";
});
set_time_limit(60);
exec('(sleep 0.1; kill -PROF ' . getmypid() . ') >/dev/null 2>&1 &');
$manager->default()->call(new GenericAction('CoreStatus'), 9000);
echo "not reached\n";
PHP);
var_dump($status, hrtime(true) - $began < 8e9);
?>
--EXPECTF--

Fatal error: Maximum execution time of 60 seconds exceeded in Command line code on line %d
Pong
int(255)
bool(true)
