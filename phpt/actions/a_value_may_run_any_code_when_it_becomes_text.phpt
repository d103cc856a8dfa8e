--TEST--
A Stringable value may throw, change the array it is in, or construct the action: the action is whole or not there
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Text implements \Stringable
{
    public function __construct(private \Closure $text) {}

    public function __toString(): string
    {
        return ($this->text)();
    }
}

try {
    new GenericAction('Ping', ['A' => 'b', 'X' => new Text(fn () => throw new \DomainException('thrown by the value'))]);
} catch (\DomainException $e) {
    echo $e->getMessage(), "\n";
}

$list = ['a', new Text(function () use (&$list) {
    $list = null;

    return 'changed';
}), 'c'];
echo json_encode((new GenericAction('Ping', ['X' => &$list]))->headers()), "\n";

$headers = ['A' => new Text(function () use (&$headers) {
    $headers = ['B' => str_repeat('z', 100)];

    return 'changed';
}), 'C' => 'd'];
echo json_encode((new GenericAction('Ping', $headers))->headers()), "\n";

try {
    new GenericAction('Ping', ['X' => new Text(function () {
        foreach (debug_backtrace() as $frame) {
            if (($frame['object'] ?? null) instanceof GenericAction) {
                $frame['object']->__construct('Pong');
            }
        }

        return 'x';
    })]);
} catch (\Error $e) {
    echo $e->getMessage(), "\n";
}

try {
    new GenericAction('Ping', ['X' => new Text(function () {
        foreach (debug_backtrace() as $frame) {
            if (($frame['object'] ?? null) instanceof GenericAction) {
                return $frame['object']->name();
            }
        }
    })]);
} catch (\Error $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
thrown by the value
{"X":["a","changed","c"]}
{"A":"changed","C":"d"}
Apn\AmiClient\GenericAction is constructed already
Apn\AmiClient\GenericAction is not constructed
