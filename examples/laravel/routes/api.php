<?php

declare(strict_types=1);

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\Laravel\Facades\Ami;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

// Calls a number, and answers once the call was answered: curl -d number=1001 http://127.0.0.1:8000/calls
Route::post('/calls', static function (Request $request): JsonResponse {
    // What goes into a channel's name is checked: letters in it could choose another technology, or a number abroad.
    $request->validate(['number' => ['required', 'string', 'regex:/^\d{3,15}$/']]);
    $number = $request->string('number');
    try {
        $call = Ami::send(Originate::toApplication("Local/$number@default", 'Wait', '1', timeout: 10_000));
        $call->await();
    } catch (AmiException $e) {
        return response()->json(['error' => $e::class, 'message' => $e->getMessage()], 502);
    }

    return response()->json(['server' => $call->serverKey(), 'call' => $call->events()[0]->get('Uniqueid')], 201);
});
