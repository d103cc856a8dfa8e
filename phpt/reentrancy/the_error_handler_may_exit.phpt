--TEST--
exit() in an error handler that is told of a listener that threw ends the script
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

$status = script(<<<'PHP'
$manager->onEvent('One', function () { throw new \LogicException('thrown'); });
set_error_handler(function () { echo "exiting\n"; exit(3); });
$simulator->send('pbx1', ['One', 'One', 'One']);
until($manager, fn () => false);
PHP);
var_dump($status);
?>
--EXPECT--
exiting
int(3)
