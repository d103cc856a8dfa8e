--TEST--
In a burst of events, a listener that was added hears of the next one, one that was cancelled does not, and tick() of one server tells its events only
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

foreach (['inline', 'background'] as $io) {
    $simulator = new Simulator(2);
    $manager = $simulator->ready(['io' => $io]);
    $told = [];
    $first = $manager->onEvent('One', function () use (&$told, &$first, $manager) {
        $told[] = 'first';
        if (count($told) === 3) {
            $first->cancel();
            $manager->onEvent('One', function () use (&$told) { $told[] = 'second'; });
        }
        throw new \DomainException('and throws');
    });
    $simulator->send('pbx1', array_fill(0, 6, 'One'));
    @until($manager, function () use (&$told) { return count($told) >= 6; });
    echo implode(' ', $told), "\n";

    $told = [];
    $manager->onEvent('Two', function (AmiEvent $event) use (&$told) {
        $told[] = $event->serverKey;
    });
    $simulator->send('pbx1', array_fill(0, 3, 'Two'));
    $simulator->send('pbx2', array_fill(0, 3, 'Two'));
    for ($until = microtime(true) + 5; count($told) < 3 && microtime(true) < $until;) {
        @$manager->tick('pbx2', 20);
    }
    echo implode(' ', $told), "\n";
    @until($manager, function () use (&$told) { return count($told) === 6; });
    echo implode(' ', $told), "\n";
}
?>
--EXPECT--
first first first second second second
pbx2 pbx2 pbx2
pbx2 pbx2 pbx2 pbx1 pbx1 pbx1
first first first second second second
pbx2 pbx2 pbx2
pbx2 pbx2 pbx2 pbx1 pbx1 pbx1
