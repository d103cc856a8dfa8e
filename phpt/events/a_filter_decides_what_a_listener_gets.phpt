--TEST--
Header conditions and EventFilter objects decide what a listener gets
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
$manager = $simulator->ready();
final class EvenOnly implements EventFilter
{
    public function accepts(AmiEvent $event): bool
    {
        return ((int) $event->get('Number')) % 2 === 0;
    }
}
$heard = [];
$listen = function (string $name) use (&$heard) { return function (AmiEvent $event) use (&$heard, $name) { $heard[] = $name . $event->get('Number'); }; };
$manager->onEvent('One', $listen('array'), ['NUMBER' => '2']);
$manager->onEvent('One', $listen('int'), ['Number' => 3]);
$manager->onEvent('One', $listen('list'), ['Number' => ['1', '3'], 'Colour' => 'red']);
$manager->onEvent('One', $listen('none'), ['Colour' => 'blue']);
$manager->onEvent('One', $listen('absent'), ['Absent' => '']);
$manager->onAnyEvent($listen('object'), new EvenOnly());
$done = false;
$manager->onEvent('Done', function () use (&$done) { $done = true; });
foreach ([1, 2, 3] as $number) {
    $simulator->send('pbx1', ['One'], ['Number' => $number, 'Colour' => 'red']);
}
$simulator->send('pbx1', ['Done'], ['Number' => 5]);
until($manager, function () use (&$done) { return $done; });
echo implode(' ', $heard), "\n";
?>
--EXPECT--
list1 array2 object2 int3 list3
