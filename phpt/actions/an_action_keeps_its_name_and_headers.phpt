--TEST--
A GenericAction keeps its name, its headers in order and as texts, and its strategy
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Channel implements \Stringable
{
    public function __toString(): string
    {
        return "PJSIP/\xff100";
    }
}

$strategy = new SingleResponse(100);
$action = new GenericAction('Setvar', [
    'Channel' => new Channel(),
    'Variable' => ['a=1', 'b=2'],
    'Count' => -3,
    'Half' => 0.5,
    'Whole' => 2.0,
    'Yes' => true,
    'No' => false,
    'Empty' => '',
    'LeftOut' => null,
    'NoneOfThem' => [],
    'variable' => ['c=3', null, 4],
    'Single' => ['one'],
], $strategy);
echo $action->name(), "\n";
foreach ($action->headers() as $name => $value) {
    echo $name, ': ', is_array($value) ? 'list ' . implode(' | ', $value) : addcslashes($value, "\177..\377"), "\n";
}
var_dump($action->completionStrategy() === $strategy, (new GenericAction('Ping'))->completionStrategy(), (new GenericAction('Ping'))->headers());
var_dump((new GenericAction('Ping', completionStrategy: $strategy))->completionStrategy() === $strategy);
?>
--EXPECT--
Setvar
Channel: PJSIP/\377100
Variable: list a=1 | b=2 | c=3 | 4
Count: -3
Half: 0.5
Whole: 2
Yes: true
No: false
Empty: 
Single: one
bool(true)
NULL
array(0) {
}
bool(true)
